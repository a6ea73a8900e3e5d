"""`GET /api/v1/statistics/customers?days=30` (contract.md §3)."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.numbers import asked_number
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from customers.api.statistics.serializers import CustomerStatisticsSerializer
from customers.queries.statistics import customer_statistics

MAX_DAYS = 366
DAYS = OpenApiParameter("days", int, description=f"1–{MAX_DAYS}, 30 if not given")


class CustomerStatisticsView(APIView):
    """Every day is there, with zeros where nothing happened; staff count their own customers."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}

    @extend_schema(parameters=[DAYS], responses=CustomerStatisticsSerializer)
    def get(self, request: Request) -> Response:
        days = asked_number(request, "days", default=30, most=MAX_DAYS)
        found = customer_statistics(actor_of(request), days)
        return Response(CustomerStatisticsSerializer(found).data)
