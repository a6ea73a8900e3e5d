"""`/admin/reports/`: the reports to read and to print, inside the operators' admin.

The figures are the engine's; files come from the API's own door, which takes the admin's session.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from config.errors import InvalidInputError, NotFoundError
from customers.actors import Actor
from customers.admin.actor import actor_of
from monitoring.reports import engine
from monitoring.reports.asked import CUSTOM, DEFAULT_SPAN, SPANS, Asked
from monitoring.reports.cells import shown
from monitoring.reports.definition import Choice, Filter, Good, Kind, Report
from monitoring.reports.drawing import drawing_of
from monitoring.reports.registry import report_for, reports_for


@dataclass(frozen=True)
class Field:
    """A filter in the form, with what was chosen."""

    filter: Filter
    options: list[Choice]
    value: str


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    actor = _reader(request)
    context = {**_frame(request, "报表"), "reports": reports_for(actor)}
    return TemplateResponse(request, "admin/reports/list.html", context)


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One report. A question that makes no sense keeps its form, with the reason."""
    actor = _reader(request)
    try:
        report = report_for(name, actor)
    except NotFoundError as error:
        raise Http404(error.detail) from error
    given = _given(request.GET)
    context = {
        **_frame(request, report.title),
        "report": report,
        "reports": reports_for(actor),
        "spans": [*SPANS.items(), (CUSTOM, "自选")],
        "export_door": f"report-export-{report.name}",
        "fields": _fields(report, given, actor),
    }
    try:
        asked = engine.asked_of(report, given, actor)
    except InvalidInputError as error:
        span = given.get("period") or (CUSTOM if given.get("from") else DEFAULT_SPAN)
        wrong = {"error": error.detail, "span": span, "first": given.get("from", ""),
                 "last": given.get("to", "")}  # fmt: skip
        return TemplateResponse(
            request,
            "admin/reports/report.html",
            {**context, **wrong},
            status=HTTPStatus.BAD_REQUEST,
        )
    return TemplateResponse(
        request, "admin/reports/report.html", {**context, **_body(report, asked, given)}
    )


def _body(report: Report, asked: Asked, given: Mapping[str, str]) -> dict[str, Any]:
    found = engine.answer(report, asked)
    period = asked.period
    return {
        "asked": asked,
        "span": asked.span.name,
        "first": f"{period.first}",
        "last": f"{period.last}",
        "is_own": not asked.actor.sees_all,
        "query": _query(report, given, asked),
        "figures": [_figure(one) for one in found.figures],
        "charts": [drawing_of(drawn) for drawn in found.charts],
        "tables": [_table(filled) for filled in found.tables],
    }


def _reader(request: HttpRequest) -> Actor:
    """Members of the team; the admin itself has asked whether they may come in."""
    actor = actor_of(request)
    if not actor.is_team:
        raise PermissionDenied
    return actor


def _frame(request: HttpRequest, title: str) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": title}


def _given(query: Mapping[str, str]) -> dict[str, str]:
    """The form always sends its two days; they count where no span is named."""
    given = {name: query.get(name, "").strip() for name in query}
    if given.get("period") in SPANS:
        given |= {"from": "", "to": ""}
    return given


def _fields(report: Report, given: Mapping[str, str], actor: Actor) -> list[Field]:
    fields = []
    for one in report.filters:
        options = list(one.options(actor))
        value = given.get(one.name, "")
        if value and not one.is_free and value not in dict(options):
            options.append((value, value))
        if options or one.is_free:
            fields.append(Field(one, options, value))
    return fields


def _query(report: Report, given: Mapping[str, str], asked: Asked) -> str:
    """The same question at the API."""
    if asked.span.name == CUSTOM:
        span = {"from": f"{asked.period.first}", "to": f"{asked.period.last}"}
    else:
        span = {"period": asked.span.name}
    filters = {one.name: given[one.name] for one in report.filters if given.get(one.name)}
    return urlencode({**span, **filters})


def _figure(figure: engine.Figure) -> dict[str, Any]:
    measure, change = figure.measure, figure.change
    return {
        "title": measure.title,
        "value": shown(figure.value, measure.kind),
        "is_now": measure.is_now,
        "before": shown(figure.before, measure.kind),
        "change": _change(change, measure.kind),
        "verdict": _verdict(change, measure.good),
    }


def _change(change: float | None, kind: Kind) -> str:
    if change is None:
        return ""
    if not change:
        return "持平"
    arrow = "▲" if change > 0 else "▼"
    if kind is Kind.SHARE:
        return f"{arrow} {abs(change) * 100:.1f} 个百分点"
    if kind is Kind.SCORE:
        return f"{arrow} {abs(change):.2f}"
    return f"{arrow} {abs(change):.1%}"


def _verdict(change: float | None, good: Good) -> str:
    if not change or good is Good.NEITHER:
        return "even"
    return "better" if (change > 0) == (good is Good.UP) else "worse"


def _table(filled: engine.Filled) -> dict[str, Any]:
    columns = filled.table.columns
    return {
        "name": filled.table.name,
        "title": filled.table.title,
        "note": filled.table.note,
        "columns": [(column.title, column.kind is Kind.TEXT) for column in columns],
        "rows": [
            [(shown(row[column.name], column.kind), column.kind is Kind.TEXT) for column in columns]
            for row in filled.rows
        ],
    }
