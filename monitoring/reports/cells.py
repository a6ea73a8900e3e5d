"""A value as people read it on the page, and as it stands in a file."""

from typing import Any

from django.utils import timezone

from monitoring.reports.definition import Column, Kind
from tickets.history.report_table import in_words

NOTHING = "—"
_UNITS = {Kind.SECONDS: "（秒）", Kind.MILLISECONDS: "（毫秒）", Kind.YUAN: "（元）"}


def shown(value: Any, kind: Kind) -> str:
    if value is None or value == "":
        return NOTHING
    if kind is Kind.COUNT:
        return f"{value:,}"
    if kind is Kind.SECONDS:
        return in_words(value)
    if kind is Kind.MILLISECONDS:
        return f"{value:,.0f} 毫秒"
    if kind is Kind.YUAN:
        return f"¥{value:,.2f}"
    return filed(value, kind)


def filed(value: Any, kind: Kind) -> str:
    """Without separators and units: programs add it up; the unit stands in the header."""
    if value is None:
        return ""
    if kind is Kind.SHARE:
        return f"{value:.1%}"
    if kind in (Kind.SECONDS, Kind.MILLISECONDS):
        return f"{value:.0f}"
    if kind in (Kind.YUAN, Kind.SCORE):
        return f"{value:.2f}"
    if kind is Kind.MOMENT:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)


def header_of(column: Column) -> str:
    return column.title + _UNITS.get(column.kind, "")
