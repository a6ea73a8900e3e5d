"""`?page=1&size=20` → `{list, total, page, size}` (contract.md §1)."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import InvalidPage
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.numbers import asked_number

if TYPE_CHECKING:
    from rest_framework.views import APIView

MAX_SIZE = 200
MAX_PAGE = 1_000_000


class ListPagination(PageNumberPagination):
    page_size = 20
    page_size_query_param = "size"
    max_page_size = MAX_SIZE
    # Page, size and total of a page behind the last one.
    _empty: tuple[int, int, int] | None = None

    def paginate_queryset(
        self, queryset: Any, request: Request, view: "APIView | None" = None
    ) -> list[Any] | None:
        number, size = self.asked_page(request), self.asked_size(request)
        self.request = request
        paginator = self.django_paginator_class(queryset, size)
        try:
            self.page = paginator.page(number)
        except InvalidPage:
            self._empty = (number, size, paginator.count)
            return []
        return list(self.page)

    def asked_page(self, request: Request) -> int:
        return asked_number(request, "page", default=1, most=MAX_PAGE)

    def asked_size(self, request: Request) -> int:
        return asked_number(request, "size", default=self.page_size, most=MAX_SIZE)

    def get_paginated_response(self, data: Any) -> Response:
        if self._empty is not None:
            number, size, total = self._empty
        else:
            assert self.page is not None  # `paginate_queryset` ran
            number, size = self.page.number, self.page.paginator.per_page
            total = self.page.paginator.count
        return Response({"list": data, "total": total, "page": number, "size": size})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["list", "total", "page", "size"],
            "properties": {
                "list": schema,
                "total": {"type": "integer"},
                "page": {"type": "integer"},
                "size": {"type": "integer"},
            },
        }
