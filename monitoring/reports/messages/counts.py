"""What the message report counts: kept days from their rows, today from the counters."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from messaging.models import Message, MessageBatch, MessageTemplate
from messaging.queries import FAILED, batches_progress
from messaging.statistics.figures import Figures, Slot
from messaging.statistics.overview import todays
from messaging.statistics.rows import kept_days
from monitoring.reports.asked import Asked

SHOWN_REASONS = 20
SHOWN_BATCHES = 20
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Reason:
    """Why messages failed; `detail` is one of theirs."""

    channel: str
    code: str
    detail: str
    count: int


def slots(asked: Asked) -> list[tuple[dt.date, Slot, Figures]]:
    """Each day's figures by channel and template."""
    today = timezone.localdate()
    days = kept_days(asked.period.first, min(asked.period.last, today - _ONE_DAY))
    if asked.period.first <= today <= asked.period.last:
        days[today] = todays()
    return [
        (day, slot, figures)
        for day, found in days.items()
        for slot, figures in found.items()
        if _is_asked(slot, asked)
    ]


def added_up(asked: Asked, by: Callable[[dt.date, Slot], Any]) -> dict[Any, Figures]:
    found: defaultdict[Any, Figures] = defaultdict(Figures)
    for day, slot, figures in asked.once(slots):
        found[by(day, slot)].add(figures)
    return found


def totals(asked: Asked) -> Figures:
    whole = Figures()
    for _, _, figures in asked.once(slots):
        whole.add(figures)
    return whole


def reasons(asked: Asked) -> list[Reason]:
    """The most frequent first; one query over what is in trouble."""
    rows = (
        _within(Message.objects.all(), asked)
        .filter(status__in=FAILED)
        .order_by()
        .values("channel", "error_code")
        .annotate(count=Count("pk"), detail=Max("error_detail"))
        .order_by("-count", "channel", "error_code")
    )
    return [
        Reason(row["channel"], row["error_code"], row["detail"] or "", row["count"])
        for row in rows[:SHOWN_REASONS]
    ]


def batches(asked: Asked) -> list[tuple[MessageBatch, dict[str, Any]]]:
    """The newest of the span, with what became of their messages; two queries."""
    rows = _within(MessageBatch.objects.all(), asked).select_related("template", "created_by")
    found = list(rows.order_by("-created_at", "-pk")[:SHOWN_BATCHES])
    progress = batches_progress(found)
    return [(batch, progress[batch.pk]) for batch in found]


def template_names(keys: set[int]) -> dict[int, str]:
    found = MessageTemplate.objects.filter(pk__in=keys).values_list("pk", "name")
    return dict(found)


def _within(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    rows = rows.filter(created_at__gte=asked.period.start, created_at__lt=asked.period.end)
    if channel := asked.filters.get("channel"):
        rows = rows.filter(channel=channel)
    if template := asked.filters.get("template"):
        rows = rows.filter(template=template)
    return rows


def _is_asked(slot: Slot, asked: Asked) -> bool:
    channel, template = asked.filters.get("channel"), asked.filters.get("template")
    if channel and slot.channel != channel:
        return False
    return template is None or slot.template_id == template.pk
