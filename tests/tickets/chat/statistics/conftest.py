"""A morning of chats at a fixed time."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from tests.factories import CustomerFactory
from tickets.models import (
    AssignmentTrigger,
    Chat,
    ChatAssignment,
    ChatEvent,
    ChatMessage,
    ChatStatus,
    EndedBy,
)

NOW = dt.datetime(2026, 3, 16, 4, 30, tzinfo=dt.UTC)  # 12:30 in China


@pytest.fixture
def noon():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def at(hour: int, minute: int = 0, day: int = 16) -> dt.datetime:
    return timezone.make_aware(dt.datetime(2026, 3, day, hour, minute))


def make_chat(
    asked,
    *,
    agent=None,
    wait=None,
    reply=None,
    handling=None,
    ended_by=EndedBy.AGENT,
    score=None,
    entry="web",
    messages=(0, 0),
    customer=None,
):
    """As the actions would leave it: `wait` until somebody had it, `reply` and `handling` from then.

    Without `handling` it goes on; without `wait` it waits, or `ended_by` says why it does not.
    """
    first = asked + dt.timedelta(seconds=wait) if wait is not None else None
    is_over = handling is not None or (wait is None and ended_by in ("abandoned", "unattended"))
    start = first or asked
    chat = Chat.objects.create(
        customer=customer or CustomerFactory(),
        entry=entry,
        agent=agent,
        status=ChatStatus.ENDED if is_over else ChatStatus.ACTIVE if agent else ChatStatus.QUEUED,
        queued_at=asked,
        assigned_at=first,
        first_assigned_at=first,
        first_replied_at=start + dt.timedelta(seconds=reply) if reply is not None else None,
        ended_at=start + dt.timedelta(seconds=handling or 60) if is_over else None,
        ended_by=ended_by if is_over else "",
        rating_score=score,
        rated_at=asked if score else None,
    )
    Chat.objects.filter(pk=chat.pk).update(created_at=asked)
    number = 0
    for sender, count in (("customer", messages[0]), ("agent", messages[1])):
        for _ in range(count):
            number += 1
            said = ChatMessage.objects.create(
                chat=chat,
                number=number,
                sender=sender,
                user=agent if sender == "agent" else None,
                content="您好",
                entry=entry,
            )
            ChatMessage.objects.filter(pk=said.pk).update(created_at=start)
    return chat


def note_missed(chat, agent, moment) -> None:
    row = ChatAssignment.objects.create(
        chat=chat, trigger=AssignmentTrigger.UNANSWERED, taken_from=agent, reason="超时"
    )
    ChatAssignment.objects.filter(pk=row.pk).update(created_at=moment)


def note_event(chat, kind, moment) -> None:
    event = ChatEvent.objects.create(chat=chat, kind=kind, actor_name="系统", door="system")
    ChatEvent.objects.filter(pk=event.pk).update(created_at=moment)


@pytest.fixture
def morning(noon, lisi, wangwu):
    """Yesterday one; today at 9 four, at 10 three (one left, one unattended), at 12 one that goes on."""
    chats = {
        "before": make_chat(at(9, day=15), agent=lisi, wait=5, reply=5, handling=50, score=1),
        "quick": make_chat(
            at(9, 1), agent=lisi, wait=0, reply=10, handling=300, score=5, messages=(3, 2)
        ),
        "slow": make_chat(
            at(9, 2), agent=lisi, wait=60, reply=30, handling=600, score=2, messages=(1, 1)
        ),
        "other": make_chat(
            at(9, 59), agent=wangwu, wait=120, reply=20, handling=900, messages=(2, 4)
        ),
        "app": make_chat(at(9, 30), agent=wangwu, wait=10, handling=60, entry="wecom_app"),
        "left": make_chat(at(10, 1), ended_by=EndedBy.ABANDONED),
        "night": make_chat(at(10, 2), ended_by=EndedBy.UNATTENDED),
        "rated": make_chat(at(10, 3), agent=wangwu, wait=30, reply=5, handling=30, score=4),
        "open": make_chat(at(12, 10), agent=lisi, wait=1, reply=1, messages=(1, 1)),
    }
    note_missed(chats["other"], lisi, at(10, 0))
    return chats
