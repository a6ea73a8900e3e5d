"""`/api/tickets/{id}/secure-link`: a link for the customer, and taking all links back."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.api.customer_side.serializers import RevokedSerializer, SecureLinkSerializer
from tickets.customer_side.actions import customer_link, links_revoke


class SecureLinkView(APIView):
    """A link to be sent by hand: whoever has it reads, answers and rates as the customer."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.TICKETS_WRITE)}

    @extend_schema(request=None, responses=SecureLinkSerializer)
    def post(self, request: Request, pk: int) -> Response:
        link = customer_link(ticket_id=pk, actor=actor_of(request))
        response = Response(SecureLinkSerializer(link).data)
        response["Cache-Control"] = "no-store"
        return response


class SecureLinkRevokeView(APIView):
    """All links given out so far, the group card's too, lead nowhere."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.TICKETS_WRITE)}

    @extend_schema(request=None, responses=RevokedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        ticket = links_revoke(ticket_id=pk, actor=actor_of(request))
        return Response(RevokedSerializer(ticket).data)
