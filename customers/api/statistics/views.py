"""`GET /api/v1/statistics/customers?days=30` (contract.md §3)."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
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
        text = request.query_params.get("days", "30")
        is_number = text.isascii() and text.isdigit() and len(text) <= 6
        if not (is_number and 1 <= int(text) <= MAX_DAYS):
            raise ValidationError({"days": f"必须是 1 到 {MAX_DAYS} 之间的整数"})
        found = customer_statistics(actor_of(request), int(text))
        return Response(CustomerStatisticsSerializer(found).data)
