"""Profile and timeline of a customer, for the team (contract.md §3)."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from customers.api.profiles import serializers as s
from customers.queries.profile import customer_profile
from customers.queries.timeline import customer_timeline
from customers.visibility import customers_visible_to


class ProfileView(APIView):
    """`GET /api/v1/customers/{id}/profile`."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}

    @extend_schema(responses=s.ProfileSerializer)
    def get(self, request: Request, customer_id: int) -> Response:
        actor = actor_of(request)
        visible = customers_visible_to(actor).select_related("follow_user")
        customer = get_object_or_404(visible, pk=customer_id)
        return Response(customer_profile(customer, actor))


class TimelineView(APIView):
    """`GET /api/v1/customers/{id}/timeline`: `next_cursor` is null on the last page."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}

    @extend_schema(parameters=[s.TimelineFilterSerializer], responses=s.TimelineSerializer)
    def get(self, request: Request, customer_id: int) -> Response:
        actor = actor_of(request)
        customer = get_object_or_404(customers_visible_to(actor).only("pk"), pk=customer_id)
        serializer = s.TimelineFilterSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        entries, next_cursor = customer_timeline(
            customer.pk,
            actor,
            size=asked["size"],
            cursor=asked["cursor"],
            wanted=[kind.strip() for kind in asked["kind"].split(",") if kind.strip()],
        )
        page = {"list": entries, "next_cursor": next_cursor, "size": asked["size"]}
        return Response(s.TimelineSerializer(page).data)
