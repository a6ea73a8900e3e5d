"""`?ordering=-created_at`: only fields that a view names, and an unknown one is a 400."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


class StrictOrderingFilter(OrderingFilter):
    def remove_invalid_fields(  # type: ignore[override]
        self, queryset: QuerySet[Any], fields: list[str], view: "APIView", request: Request
    ) -> list[str]:
        allowed = {name for name, _ in self.get_valid_fields(queryset, view, {"request": request})}
        unknown = [field for field in fields if field.lstrip("-") not in allowed]
        if unknown:
            raise ValidationError({"ordering": f"不能按 {unknown[0]} 排序"})
        # The id last: pages must not overlap where values are equal.
        return [*fields, "-id"]
