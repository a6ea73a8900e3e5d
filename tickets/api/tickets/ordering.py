"""`?ordering=-priority`: the most urgent first, by weight and not by the alphabet."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from rest_framework.request import Request

from config.api.ordering import StrictOrderingFilter
from tickets.queries.tickets import PRIORITY_RANK

if TYPE_CHECKING:
    from rest_framework.views import APIView


class TicketOrdering(StrictOrderingFilter):
    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: "APIView"
    ) -> QuerySet[Any]:
        fields = [str(field) for field in self.get_ordering(request, queryset, view) or ()]
        if not {"priority", "-priority"} & set(fields):
            ordered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
            return ordered
        ranked = [field.replace("priority", "priority_rank") for field in fields]
        by_rank: QuerySet[Any] = queryset.alias(priority_rank=PRIORITY_RANK).order_by(*ranked)
        return by_rank
