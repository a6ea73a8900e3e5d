"""`/api/v1/customers/{id}/identifiers`: where a customer is reached, channel by channel."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.actions.identifiers import identifiers_set
from customers.api.actor import actor_of
from customers.api.customers.serializers import IdentifiersSerializer
from customers.visibility import customers_visible_to


class IdentifiersView(APIView):
    """For the team; a customer outside one's view is a 404."""

    permission_classes = [HasAccess]
    access = {
        "get": Rule(STAFF, Scope.CUSTOMERS_READ),
        "put": Rule(STAFF, Scope.CUSTOMERS_WRITE),
    }

    @extend_schema(responses=IdentifiersSerializer)
    def get(self, request: Request, pk: int) -> Response:
        customer = get_object_or_404(customers_visible_to(actor_of(request)), pk=pk)
        found = customer.identifiers.order_by("channel")
        return Response({"identifiers": {item.channel: item.address for item in found}})

    @extend_schema(request=IdentifiersSerializer, responses=IdentifiersSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """These and no others."""
        actor = actor_of(request)
        get_object_or_404(customers_visible_to(actor), pk=pk)
        serializer = IdentifiersSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        addresses = serializer.validated_data["identifiers"]
        return Response(
            {"identifiers": identifiers_set(customer_id=pk, addresses=addresses, actor=actor)}
        )
