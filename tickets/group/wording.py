"""A ticket's changes in one line, and several tickets' lines in one message."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from customers.actors import Entry
from messaging.markup import as_text
from tickets import states
from tickets.models import EventKind, Priority, Ticket, TicketEvent
from tickets.states import TicketStatus

MARK = "🔄 工单 "
DIGEST_TITLE = "🔄 【工单动态汇总】{count} 个工单有更新"
NOTE_CHARACTERS = 200
PEOPLE_SHOWN = 3
# Fields whose change the group is to know of.
TOLD_FIELDS = frozenset(
    {
        "status",
        "priority",
        "progress",
        "assignee_id",
        "deadline",
        "waiting_since",
        "merged_into_id",
    }
)
_NOTED = frozenset(
    {
        EventKind.ASSIGNED,
        EventKind.STATUS,
        EventKind.PROGRESS,
        EventKind.WAITING,
        EventKind.RESUMED,
        EventKind.MERGED,
    }
)


# A new policy moves thousands of deadlines at once; its ladder speaks when it is time.
_SILENT = frozenset({EventKind.CREATED, EventKind.SLA})


def is_news(event: TicketEvent) -> bool:
    """What is closed for its age, dozens of a morning, needs nobody's eye."""
    is_aged = event.entry == Entry.SYSTEM and event.to_value == TicketStatus.CLOSED
    is_silent = event.kind in _SILENT or (event.kind == EventKind.STATUS and is_aged)
    return not is_silent and bool(TOLD_FIELDS & event.before.keys())


def news_text(ticket: Ticket, events: Sequence[TicketEvent]) -> str:
    """`🔄 工单 #123 已分配 → 已解决 · 负责人：李四 · 进度 100%（操作：李四，来自 后台）`.

    `events` (oldest first, at least one) are what happened; the ticket is as it is now. It begins
    with the ticket's own number, so that a quotation of it says which ticket is meant.
    """
    before: dict[str, Any] = {}
    for event in events:
        before = {**event.before, **before}
    parts = [
        _status(ticket, before),
        f"负责人：{as_text(ticket.assigned_to_name) or '待分配'}",
        f"进度 {ticket.progress}%",
        *_others(ticket, before),
    ]
    line = f"{MARK}#{ticket.pk} {' · '.join(parts)}（操作：{_who(events)}）"
    notes = [e.content for e in events if e.kind in _NOTED and e.content.strip()]
    return f"{line}\n> {as_text(notes[-1])[:NOTE_CHARACTERS]}" if notes else line


def together(texts: Sequence[str]) -> str:
    """One message for what several tickets have to tell; alone, a text stays as it is."""
    if len(texts) == 1:
        return texts[0]
    lines = [text.splitlines()[0].removeprefix(MARK) for text in texts]
    return "\n".join([DIGEST_TITLE.format(count=len(texts)), *lines])


def _status(ticket: Ticket, before: dict[str, Any]) -> str:
    was = before.get("status", ticket.status)
    now = states.label(ticket.status)
    return now if was == ticket.status else f"{states.label(was)} → {now}"


def _others(ticket: Ticket, before: dict[str, Any]) -> list[str]:
    """What is said only when it changed."""
    parts = []
    was = before.get("priority", ticket.priority)
    if was != ticket.priority:
        parts.append(f"优先级 {Priority(was).label} → {ticket.get_priority_display()}")
    if "deadline" in before and ticket.is_open:
        parts.append(f"期限 {timezone.localtime(ticket.deadline):%m-%d %H:%M}")
    if "waiting_since" in before:
        if ticket.waiting_since is not None:
            parts.append("等待客户回复")
        elif ticket.is_open:
            parts.append("继续处理")
    if ticket.merged_into_id is not None and "merged_into_id" in before:
        parts.append(f"已合并到 #{ticket.merged_into_id}")
    return parts


def _who(events: Sequence[TicketEvent]) -> str:
    names = list(dict.fromkeys(as_text(event.actor_name) for event in events))
    shown = "、".join(names[-PEOPLE_SHOWN:])
    entry = str(events[-1].get_entry_display())
    return shown if names == [entry] else f"{shown}，来自 {entry}"
