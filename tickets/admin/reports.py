"""A customer's service report as a page to read and to print."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Media
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from config.api.downloads import table_response
from config.errors import InvalidInputError
from customers.admin.actor import actor_of
from customers.visibility import customers_visible_to
from tickets.history.period import Period, asked_period
from tickets.history.report import ServiceReport, service_report
from tickets.history.report_table import (
    HEADER,
    NO_PRODUCT,
    report_rows,
    spread_in_words,
    totals,
)
from tickets.models import Priority
from tickets.states import TicketStatus

REPORT_DAYS = 365
# The drawing's own units: it is stretched to whatever width there is.
HEIGHT, STEP, BAR = 100, 10, 4


class ReportPages(ModelAdmin):
    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["tickets/report.css"]})
        return both

    def get_urls(self) -> list[URLPattern]:
        own = self.admin_site.admin_view
        return [
            path("report/<int:customer_id>/", own(self.report_view), name="tickets_ticket_report"),
            *super().get_urls(),
        ]

    def report_view(self, request: HttpRequest, customer_id: int) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if customer_id >= 2**63:
            raise Http404
        actor = actor_of(request)
        customer = get_object_or_404(customers_visible_to(actor), pk=customer_id)
        period = _period(request, REPORT_DAYS)
        if period is None:
            return redirect("admin:tickets_ticket_report", customer.pk)
        report = service_report(customer, period, actor)
        kind = request.GET.get("as", "")
        if kind in ("csv", "xlsx"):
            name = f"service-report-{customer.pk}"
            return table_response(kind, name, HEADER, report_rows(report))
        context = {
            **self._frame(request, period, f"{customer.name} 的服务报告"),
            "customer": customer,
            "report": report,
            **_drawn(report),
        }
        return TemplateResponse(request, "admin/tickets/ticket/report.html", context)

    def _frame(self, request: HttpRequest, period: Period, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
            "period": period,
        }


def _period(request: HttpRequest, days: int) -> Period | None:
    """None, and the reason said, for a span that makes no sense."""
    asked = {name: request.GET.get(name, "") for name in ("from", "to")}
    try:
        return asked_period(asked, default_days=days)
    except InvalidInputError as error:
        messages.error(request, error.detail)
        return None


def _drawn(report: ServiceReport) -> dict[str, Any]:
    statuses = [(str(TicketStatus(name).label), n) for name, n in report.by_status.items()]
    priorities = [(str(Priority(name).label), n) for name, n in report.by_priority.items()]
    scores = [(f"{score} 分", n) for score, n in report.satisfaction.distribution.items()]
    return {
        "figures": totals(report),
        "spreads": [
            ("首次响应用时", spread_in_words(report.response)),
            ("解决用时", spread_in_words(report.resolution)),
        ],
        "chart": _pairs([(row.month, row.created, row.resolved) for row in report.months], "Y-m"),
        "lists": [
            ("按状态", _shares([pair for pair in statuses if pair[1]])),
            ("按优先级", _shares([pair for pair in priorities if pair[1]])),
            (
                "按产品",
                _shares([(row.product or NO_PRODUCT, row.count) for row in report.by_product]),
            ),
            ("满意度", _shares(scores[::-1]) if report.satisfaction.count else []),
        ],
    }


def _pairs(values: list[tuple[Any, int, int]], date_format: str) -> dict[str, Any]:
    """Two bars for each month or day; the tallest fills the drawing."""
    most = max((max(one, other) for _, one, other in values), default=0)

    def height(count: int) -> int:
        # One of many must still be seen.
        return max(round(HEIGHT * count / most), 2) if count else 0

    bars = [
        {
            "x": place * STEP + (STEP - 2 * BAR) / 2,
            "x2": place * STEP + STEP / 2,
            "created": one,
            "resolved": other,
            "y": HEIGHT - height(one),
            "height": height(one),
            "y2": HEIGHT - height(other),
            "height2": height(other),
            "day": day,
        }
        for place, (day, one, other) in enumerate(values)
    ]
    return {
        "bars": bars,
        "bar_width": BAR,
        "width": len(values) * STEP,
        "height": HEIGHT,
        "most": most,
        "created": sum(one for _, one, _ in values),
        "resolved": sum(other for _, _, other in values),
        "first": values[0][0],
        "last": values[-1][0],
        "date_format": date_format,
    }


def _shares(values: list[tuple[str, int]]) -> list[tuple[str, int, str]]:
    """Name, count, and the bar's length in percent of the longest."""
    most = max((count for _, count in values), default=0)
    return [(name, count, f"{100 * count / most:.1f}" if most else "0") for name, count in values]
