"""`/api/tickets/…/similar`, `/times`: what a ticket's past tells (contract.md §4)."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.permissions import EVERYONE, STAFF, HasAccess, Rule
from config.api.validated import validated
from customers.api.actor import actor_of
from tickets.api.history import serializers as s
from tickets.api.ticket import ticket_of
from tickets.history.similar import similar_tickets, similar_to
from tickets.history.times import times_of


class SimilarView(APIView):
    """Tickets like this one, most alike first, and how they were solved."""

    permission_classes = [HasAccess]
    access = {"get": Rule(EVERYONE, Scope.TICKETS_READ)}

    @extend_schema(responses=s.SimilarTicketSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        found = similar_to(ticket_of(pk, actor), actor)
        return Response(s.SimilarTicketSerializer(found, many=True).data)


class SimilarToTextView(APIView):
    """The same for a ticket that is still being written."""

    permission_classes = [HasAccess]
    access = {"get": Rule(EVERYONE, Scope.TICKETS_READ)}

    @extend_schema(
        operation_id="tickets_similar_to_text",
        parameters=[s.SimilarQuerySerializer],
        responses=s.SimilarTicketSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = validated(s.SimilarQuerySerializer(data=request.query_params))
        found = similar_tickets(
            text=asked["text"], product=asked["product"], actor=actor_of(request)
        )
        return Response(s.SimilarTicketSerializer(found, many=True).data)


class TimesView(APIView):
    """How long the ticket took, in seconds."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}

    @extend_schema(responses=s.ProcessingTimesSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(asdict(times_of(ticket_of(pk, actor_of(request)))))
