"""Counting the rows of a span of time: a fixed number of queries over indexed ranges."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Floor, Greatest, Ln, TruncHour

from tickets.chat.statistics.figures import LOW_SCORE, MEASURES, Figures
from tickets.chat.statistics.scale import SHORTEST, STEP
from tickets.history.durations import Seconds
from tickets.models import (
    AssignmentTrigger,
    Chat,
    ChatAssignment,
    ChatMessage,
    ChatStatus,
    EndedBy,
    Sender,
    Visibility,
)


class Grain(NamedTuple):
    """Of which chats: all of an hour, those of an entry, or those of an agent."""

    hour: dt.datetime
    entry: str = ""
    agent: int | None = None


Counted = dict[Grain, Figures]
_ASSIGNED = Q(first_assigned_at__isnull=False)
_REPLIED = _ASSIGNED & Q(first_replied_at__isnull=False)
_HANDLED = _ASSIGNED & Q(status=ChatStatus.ENDED)
_OF = {"wait": _ASSIGNED, "reply": _REPLIED, "handling": _HANDLED}


def count_span(start: dt.datetime, end: dt.datetime) -> Counted:
    """Everything that belongs to the hours from `start` until before `end`; six queries."""
    counted: Counted = {}
    chats = (
        Chat.objects.filter(created_at__gte=start, created_at__lt=end)
        .order_by()
        .annotate(hour=TruncHour("created_at"))
    )
    _count_chats(counted, chats)
    for measure in MEASURES:
        _count_steps(counted, chats, measure)
    _count_missed(counted, start, end)
    _count_messages(counted, start, end)
    return counted


def _count_chats(counted: Counted, chats: QuerySet[Any]) -> None:
    rows = chats.values("hour", "entry", "agent").annotate(
        asked=Count("pk"),
        assigned=Count("pk", _ASSIGNED),
        abandoned=Count("pk", Q(ended_by=EndedBy.ABANDONED)),
        unattended=Count("pk", Q(ended_by=EndedBy.UNATTENDED)),
        ended=Count("pk", Q(status=ChatStatus.ENDED)),
        replied=Count("pk", _REPLIED),
        handled=Count("pk", _HANDLED),
        rated=Count("rating_score"),
        # Not a name of the model's: it would stand for the column.
        scores=Sum("rating_score"),
        rated_low=Count("pk", Q(rating_score__lte=LOW_SCORE)),
        **{f"{name}_seconds": Sum(_duration(name), filter=_OF[name]) for name in MEASURES},
    )
    for row in rows:
        numbers = {name: row[name] or 0 for name in row if name not in ("hour", "entry", "agent")}
        numbers["rating_sum"] = numbers.pop("scores")
        for grain in _grains(row["hour"], row["entry"], row["agent"]):
            counted.setdefault(grain, Figures()).add(**numbers)


def _count_steps(counted: Counted, chats: QuerySet[Any], measure: str) -> None:
    """By hour and entry; an agent's are told by their average alone."""
    rows = (
        chats.filter(_OF[measure])
        .annotate(step=step(_duration(measure)))
        .values_list("hour", "entry", "step")
        .annotate(count=Count("pk"))
    )
    for hour, entry, place, count in rows:
        for grain in _grains(hour, entry, None):
            steps = counted.setdefault(grain, Figures()).steps
            steps.setdefault(measure, Counter())[place] += count


def _count_missed(counted: Counted, start: dt.datetime, end: dt.datetime) -> None:
    rows = (
        ChatAssignment.objects.filter(
            created_at__gte=start,
            created_at__lt=end,
            trigger=AssignmentTrigger.UNANSWERED,
            taken_from__isnull=False,
        )
        .order_by()
        .annotate(hour=TruncHour("created_at"))
        .values_list("hour", "chat__entry", "taken_from")
        .annotate(count=Count("pk"))
    )
    for hour, entry, agent, count in rows:
        for grain in _grains(hour, entry, agent):
            counted.setdefault(grain, Figures()).add(missed=count)


def _count_messages(counted: Counted, start: dt.datetime, end: dt.datetime) -> None:
    rows = (
        ChatMessage.objects.filter(
            created_at__gte=start,
            created_at__lt=end,
            visibility=Visibility.PUBLIC,
            sender__in=[Sender.CUSTOMER, Sender.AGENT],
        )
        .order_by()
        .annotate(hour=TruncHour("created_at"))
        .values_list("hour", "entry", "sender", "user")
        .annotate(count=Count("pk"))
    )
    for hour, entry, sender, user, count in rows:
        is_in = sender == Sender.CUSTOMER
        for grain in _grains(hour, entry, None if is_in else user):
            name = "messages_in" if is_in else "messages_out"
            counted.setdefault(grain, Figures()).add(**{name: count})


def step(seconds: Any) -> Func:
    """`scale.step_of`, in the database."""
    length = Greatest(seconds, Value(SHORTEST), output_field=FloatField())
    return Cast(Floor(Ln(length) / Value(STEP)), IntegerField())


def _duration(measure: str) -> Func:
    start, end = {
        "wait": ("created_at", "first_assigned_at"),
        "reply": ("first_assigned_at", "first_replied_at"),
        "handling": ("first_assigned_at", "ended_at"),
    }[measure]
    return Greatest(Seconds(F(end) - F(start)), Value(0.0), output_field=FloatField())


def _grains(hour: dt.datetime, entry: str, agent: int | None) -> Iterator[Grain]:
    yield Grain(hour)
    if entry:
        yield Grain(hour, entry)
    if agent is not None:
        yield Grain(hour, "", agent)
