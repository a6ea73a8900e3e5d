"""What the page of one hand-over shows, as its templates want it."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from customers.actions.handover import movers, progress_of
from customers.actions.handover.notes import along_with, asked_of
from customers.models import Handover, HandoverItem, HandoverState, HandoverStatus, User
from customers.queries.handovers import items_of

SHOWN_ITEMS = 100
STATUS_COLOURS = {
    HandoverStatus.DRAFT: "default",
    HandoverStatus.RUNNING: "info",
    HandoverStatus.WAITING: "warning",
    HandoverStatus.FINISHED: "success",
}
STATE_COLOURS = {
    HandoverState.PENDING: "default",
    HandoverState.WAITING: "warning",
    HandoverState.DONE: "success",
    HandoverState.REFUSED: "danger",
    HandoverState.LIMIT: "danger",
    HandoverState.FAILED: "danger",
    HandoverState.SKIPPED: "default",
}
# `limit` is the candidate's or the customer's: the item's own sentence says which.
STATE_LABELS = {**{state: state.label for state in HandoverState}, HandoverState.LIMIT: "达到上限"}
STATE_LABELS[HandoverState.WAITING] = "等待客户"
SHARES = {
    "done": ("done",),
    "waiting": ("waiting",),
    "failed": ("refused", "limit", "failed"),
    "skipped": ("skipped",),
}


def bar_of(handover: Handover, progress: Mapping[str, int]) -> dict[str, Any]:
    """A bar of what is decided and what waits; a draft has none yet."""
    total = progress["total"] or 1
    shares = {name: sum(progress[state] for state in states) for name, states in SHARES.items()}
    decided = sum(shares.values()) - shares["waiting"]
    return {
        "is_draft": handover.status == HandoverStatus.DRAFT,
        "total": progress["total"],
        "done": progress["done"],
        "percent": f"{100 * decided / total:.0f}",
        "shares": [(name, f"{100 * number / total:.2f}") for name, number in shares.items()],
    }


def page_of(handover: Handover, *, state: str) -> dict[str, Any]:
    """The context of the page; `state` filters the items."""
    progress = progress_of([handover])[handover.pk]
    people = User.objects.in_bulk(handover.candidates)
    items = items_of(handover)
    if state in HandoverState:
        items = items.filter(state=state)
    report = dict(handover.report)
    is_open = handover.status in (HandoverStatus.RUNNING, HandoverStatus.WAITING)
    return {
        "handover": handover,
        "status_colour": STATUS_COLOURS[HandoverStatus(handover.status)],
        "candidates": [people[pk] for pk in handover.candidates if pk in people],
        "progress": progress,
        "bar": bar_of(handover, progress),
        "figures": [
            (each.value, STATE_LABELS[each], progress[each.value])
            for each in HandoverState
            if progress[each.value] or each == HandoverState.DONE
        ],
        "is_draft": handover.status == HandoverStatus.DRAFT,
        "is_open": is_open,
        "refresh_seconds": {"running": 2, "waiting": 20}.get(handover.status, 0),
        "plan": report.get("plan"),
        "trouble": report.get("trouble") if is_open else None,
        "report": report if handover.status == HandoverStatus.FINISHED else None,
        "started_at": parse_datetime(report.get("started_at", "")),
        "duration": _span(report.get("duration_seconds")),
        "average_wait": _span(report.get("average_wait_seconds")),
        "state": state if state in HandoverState else "",
        "items": [_row(item) for item in items[:SHOWN_ITEMS]],
        "item_count": items.count(),
        "most_items": SHOWN_ITEMS,
    }


def _row(item: HandoverItem) -> dict[str, Any]:
    state = HandoverState(item.state)
    labels = {"groups": "客户群", **movers.labels()}
    asked = asked_of(item)
    return {
        "item": item,
        "label": STATE_LABELS[state],
        "colour": STATE_COLOURS[state],
        "along": "、".join(
            f"{labels[name]} {count}" for name, count in along_with(item).items() if name in labels
        ),
        "asked": "；".join(f"{one['name']}：{one['detail']}" for one in asked),
        "detail": "" if asked and item.detail == asked[-1]["detail"] else item.detail,
    }


def _span(seconds: float | None) -> str:
    """`2 小时 5 分`, in the two largest units."""
    if seconds is None:
        return "—"
    parts: list[str] = []
    left = round(seconds)
    for size, unit in ((86400, "天"), (3600, "小时"), (60, "分"), (1, "秒")):
        if left >= size or (unit == "秒" and not parts):
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2])
