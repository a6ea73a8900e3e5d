"""Lists of millions of rows: `?cursor=` beside `?page=` (contract.md §1)."""

import base64
import binascii
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.pagination import ListPagination

if TYPE_CHECKING:
    from rest_framework.views import APIView

# Nobody reads a page so far behind, and an offset makes the database read all before it.
DEEPEST_ROW = 100_000


class CursorOrPagePagination(ListPagination):
    """`?cursor=` (empty for the first page) → `{list, next_cursor, size}`; else pages as everywhere.

    For lists that are ordered by `-id`. `next_cursor` is null on the last page.
    """

    _next: str | None = None
    _is_cursor = False

    def paginate_queryset(
        self, queryset: Any, request: Request, view: "APIView | None" = None
    ) -> list[Any] | None:
        cursor = request.query_params.get("cursor")
        if cursor is None:
            self._refuse_the_deep(request)
            return super().paginate_queryset(queryset, request, view)
        if "ordering" in request.query_params:
            raise ValidationError({"ordering": "按 cursor 翻页时不能另定排序"})
        self._is_cursor = True
        self._size = self.asked_size(request)
        if cursor:
            queryset = queryset.filter(pk__lt=_decoded(cursor))
        rows = list(queryset[: self._size + 1])
        if len(rows) > self._size:
            rows = rows[: self._size]
            self._next = _encoded(rows[-1].pk)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        if not self._is_cursor:
            return super().get_paginated_response(data)
        return Response({"list": data, "next_cursor": self._next, "size": self._size})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        found = super().get_paginated_response_schema(schema)
        found["required"] = ["list", "size"]
        found["properties"]["next_cursor"] = {"type": "string", "nullable": True}
        return found

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        text = "Empty for the first page, then the `next_cursor` of the page before."
        return [
            *parameters,
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": text,
                "schema": {"type": "string"},
            },
        ]

    def _refuse_the_deep(self, request: Request) -> None:
        if self.asked_page(request) * self.asked_size(request) > DEEPEST_ROW:
            raise ValidationError({"page": f"超过 {DEEPEST_ROW} 行请改用 cursor"})


def _encoded(pk: int) -> str:
    return base64.urlsafe_b64encode(str(pk).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        pk = int(text) if text.isdigit() else -1
    except (binascii.Error, ValueError):
        pk = -1
    if not 0 < pk < 2**63:
        raise ValidationError({"cursor": "不是有效的游标"})
    return pk
