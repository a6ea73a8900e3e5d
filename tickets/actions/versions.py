"""Two people at one ticket: whoever saw an older state is told what changed, not overruled."""

from typing import Any

from django.utils import timezone

from config.errors import ConflictError
from tickets.models import Ticket
from tickets.queries.changes import Change, as_data, changes_since, in_words, net_fields

NAMED = 3


def check_version(ticket: Ticket, version: int) -> None:
    """Raises `ConflictError` when the ticket's own fields were changed after `version`.

    Notes, reminders and warnings count the version up too, but they disturb nobody.
    """
    if version > ticket.version:
        raise _conflict(
            ticket, f"工单 #{ticket.pk} 没有版本 {version}（当前版本 {ticket.version}）", []
        )
    if version == ticket.version:
        return
    changes = changes_since(ticket, version)
    if changes:
        raise _conflict(ticket, _told(ticket, changes), changes)


def _told(ticket: Ticket, changes: list[Change]) -> str:
    """工单 #12 已被王五修改：状态 已分配 → 已解决，进度 0% → 100%"""
    people = list(dict.fromkeys(change.event.actor_name for change in changes))
    who = "、".join(people[-NAMED:]) + ("等" if len(people) > NAMED else "")
    words = in_words(net_fields(changes))
    return f"工单 #{ticket.pk} 已被{who}修改" + (f"：{words}" if words else "")


def _conflict(ticket: Ticket, detail: str, changes: list[Change]) -> ConflictError:
    return ConflictError(
        detail,
        code="version_conflict",
        attr="version",
        extra={"current": _current(ticket), "changed": as_data(changes)},
    )


def _current(ticket: Ticket) -> dict[str, Any]:
    """The ticket as it is now, under the names that the API gives its fields."""
    return {
        "id": ticket.pk,
        "version": ticket.version,
        "title": ticket.title,
        "description": ticket.description,
        "product": ticket.product,
        "project_id": ticket.project_id,
        "status": ticket.status,
        "priority": ticket.priority,
        "progress": ticket.progress,
        "assigned_to": ticket.assigned_to,
        "assigned_to_name": ticket.assigned_to_name,
        "deadline": timezone.localtime(ticket.deadline).isoformat(),
        "merged_into": ticket.merged_into_id,
        "custom_fields": ticket.custom_fields,
        "updated_at": timezone.localtime(ticket.updated_at).isoformat(),
    }
