"""Answers that are files, sent while they are being made."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from config.errors import InvalidInputError
from config.sheets import csv_stream, xlsx_stream

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TABLES = {"csv": (csv_stream, "text/csv; charset=utf-8"), "xlsx": (xlsx_stream, _XLSX)}
# What the API's description says of an answer that is a table.
TABLE_ANSWERS = {
    (200, "text/csv"): OpenApiTypes.BINARY,
    (200, _XLSX): OpenApiTypes.BINARY,
}


class AnyAccept(BaseContentNegotiation):
    """A file is what it is, whatever `Accept` says; refusals are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next((parser for parser in parsers), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


def asked_table(request: Request, *, default: str) -> str:
    """`?as=csv` or `?as=xlsx`; raises `InvalidInputError` naming `as` for anything else."""
    wanted: str = request.query_params.get("as", default)
    if wanted not in (*_TABLES, default):
        raise InvalidInputError("必须是 csv 或 xlsx", code="invalid_choice", attr="as")
    return wanted


def table_response(
    kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A table to keep, as `kind` says; `name` is its file's, without time and ending."""
    stream, content_type = _TABLES[kind]
    response = StreamingHttpResponse(stream(header, rows), content_type=content_type)
    moment = f"{timezone.localtime():%Y%m%d-%H%M%S}"
    response["Content-Disposition"] = f'attachment; filename="{name}-{moment}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
