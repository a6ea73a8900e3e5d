"""Customers counted, as bars: growth, activity, where they come from, who has them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Media
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from config.admin_site.read_only import ReadOnlyAdmin
from customers.admin.actor import actor_of
from customers.models import CustomerChannel, DailyCustomerStatistic
from customers.queries.statistics import customer_statistics

SPANS = (7, 30, 90)
SHOWN_OWNERS = 20
# The drawing's own units: it is stretched to whatever width there is.
HEIGHT, STEP, BAR = 100, 10, 7


@admin.register(DailyCustomerStatistic)
class StatisticsAdmin(ReadOnlyAdmin):
    """A page in place of the rows: past days come from them, today is counted live."""

    @property
    def media(self) -> Media:
        both: Media = super().media + Media(css={"all": ["customers/profile.css"]})
        return both

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else 30
        actor = actor_of(request)
        found = customer_statistics(actor, days)
        growth, active = found["growth"], found["active"]
        channels = dict(CustomerChannel.choices)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "客户统计",
            "opts": self.opts,
            "media": self.media,
            "days": days,
            "spans": SPANS,
            "is_own": not actor.sees_all,
            "figures": [
                ("客户总数", found["total"]),
                (f"{days} 天新增", found["new"]),
                (f"{days} 天流失", found["lost"]),
                (f"{days} 天活跃", found["active_customers"]),
            ],
            "charts": [
                ("每日新增", _bars([(row["date"], row["new"]) for row in growth])),
                ("每日活跃", _bars([(row["date"], row["count"]) for row in active])),
                ("每日流失", _bars([(row["date"], row["lost"]) for row in growth])),
            ],
            "lists": [
                (
                    "按来源",
                    _shares(
                        [(channels[row["channel"]], row["count"]) for row in found["by_channel"]]
                    ),
                ),
                (
                    "按跟进人",
                    _shares(
                        [
                            (row["follow_user"] or "无人跟进", row["count"])
                            for row in found["by_owner"][:SHOWN_OWNERS]
                        ]
                    ),
                ),
            ],
        }
        return TemplateResponse(request, "admin/customers/statistics/page.html", context)


def _bars(values: Sequence[tuple[date, int]]) -> dict[str, Any]:
    """Rectangles of a drawing; the tallest fills it."""
    most = max((count for _, count in values), default=0)
    bars = []
    for place, (day, count) in enumerate(values):
        height = round(HEIGHT * count / most) if most else 0
        # One of many thousands must still be seen.
        height = max(height, 2) if count else 0
        bars.append({"x": place * STEP, "y": HEIGHT - height, "height": height,
                     "day": day, "count": count})  # fmt: skip
    return {
        "bars": bars,
        "bar_width": BAR,
        "width": len(values) * STEP,
        "height": HEIGHT,
        "most": most,
        "sum": sum(count for _, count in values),
        "first": values[0][0],
        "last": values[-1][0],
    }


def _shares(values: Sequence[tuple[str, int]]) -> list[tuple[str, int, str]]:
    """Name, count, and the bar's length in percent of the longest."""
    most = max((count for _, count in values), default=0)
    return [
        (str(name), count, f"{100 * count / most:.1f}" if most else "0") for name, count in values
    ]
