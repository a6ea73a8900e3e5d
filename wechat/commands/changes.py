"""Telling what a command changed: old → new, from what the events remember."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.models import User
from messaging.markup import as_text
from tickets import states
from tickets.models import Priority, Ticket, TicketEvent

INDENT = "　"


def told(ticket: Ticket, events: Iterable[TicketEvent]) -> str:
    """`　已分配 → 已解决 · 进度 0% → 100%`; empty when no field of interest changed."""
    before: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: -event.sequence):
        before |= event.before
    parts = [
        part
        for name, tell in _TELLING.items()
        if name in before and (part := tell(before[name], ticket))
    ]
    return INDENT + " · ".join(parts) if parts else ""


def _assignee(old: Any, ticket: Ticket) -> str:
    was = User.objects.filter(pk=old).first() if old else None
    name = as_text(was.display_name) if was else "待分配"
    return f"负责人 {name} → {as_text(ticket.assigned_to_name) or '待分配'}"


def _status(old: Any, ticket: Ticket) -> str:
    return f"{states.label(old)} → {states.label(ticket.status)}"


def _progress(old: Any, ticket: Ticket) -> str:
    return f"进度 {old}% → {ticket.progress}%"


def _priority(old: Any, ticket: Ticket) -> str:
    return f"优先级 {Priority(old).label} → {Priority(ticket.priority).label}"


def _deadline(old: Any, ticket: Ticket) -> str:
    return f"期限 {_moment(datetime.fromisoformat(old))} → {_moment(ticket.deadline)}"


def _waiting(old: Any, ticket: Ticket) -> str:
    return "结束等待客户" if ticket.waiting_since is None else "开始等待客户"


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%m-%d %H:%M}"


_TELLING = {
    "assignee_id": _assignee,
    "status": _status,
    "progress": _progress,
    "priority": _priority,
    "deadline": _deadline,
    "waiting_since": _waiting,
}
