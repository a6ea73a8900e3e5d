"""Taking a change back: the ticket as it was before."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, NotAllowedError, NotFoundError
from customers.actors import Actor, Entry
from tickets import states
from tickets.actions.trail import lock_ticket, record, require_team
from tickets.actions.transition import ticket_transition
from tickets.models import CHANGING, EventKind, ReminderKind, Ticket, TicketEvent
from tickets.sla import clock
from tickets.snapshot import CLOCKWORK, MOMENTS
from tickets.states import TicketStatus

REASON = "撤销"


@transaction.atomic
def ticket_undo(*, ticket_id: int, sequence: int, actor: Actor, last: int | None = None) -> Ticket:
    """The ticket as it was before the actor's own events `sequence` to `last` (default: that one).

    A new ticket is cancelled instead. Nothing that the ticket holds may have changed since. Raises
    `NotFoundError`, `NotAllowedError` for another's act, and `ConflictError` that says what changed
    since and by whom, or why this cannot be taken back.
    """
    require_team(actor)
    ticket = lock_ticket(ticket_id, actor)
    last = sequence if last is None else last
    events = list(ticket.events.filter(sequence__gte=sequence).order_by("sequence"))
    own = [event for event in events if event.sequence <= last]
    if not own or own[0].sequence != sequence:
        raise NotFoundError(f"工单 #{ticket_id} 没有这条记录")
    if actor.user is None or any(event.actor_id != actor.user.pk for event in own):
        raise NotAllowedError("只能撤销自己的操作")
    is_creation = own[0].kind == EventKind.CREATED
    _refuse_what_changed(ticket, events[len(own) :], is_creation=is_creation)
    if is_creation:
        return ticket_transition(
            ticket_id=ticket_id, status=TicketStatus.CANCELLED, reason=REASON, actor=actor
        )
    _restore(ticket, _before(ticket, own))
    _record(ticket, actor, own)
    return ticket


def _refuse_what_changed(ticket: Ticket, later: list[TicketEvent], *, is_creation: bool) -> None:
    """What the system did of itself to a new ticket goes with it."""
    for event in later:
        is_automatic = event.actor_id is None and event.entry == Entry.SYSTEM
        if is_creation and is_automatic:
            continue
        if event.before.keys() - CLOCKWORK or event.kind in CHANGING:
            at = timezone.localtime(event.created_at)
            raise ConflictError(
                f"工单 #{ticket.pk} 之后又有变更：{event.actor_name} 于 {at:%H:%M} "
                f"{event.get_kind_display()}，当前状态为{states.label(ticket.status)}，不能撤销",
                code="changed_since",
                attr="sequence",
            )


def _before(ticket: Ticket, own: list[TicketEvent]) -> dict[str, Any]:
    """The fields before the first of the events; what an earlier one remembers counts."""
    if any(event.kind == EventKind.MERGED for event in own):
        raise ConflictError(
            f"工单 #{ticket.pk} 的合并不能撤销，可以重开", code="not_undoable", attr="sequence"
        )
    before: dict[str, Any] = {}
    for event in reversed(own):
        before |= event.before
    if not before.keys() - CLOCKWORK:
        raise ConflictError(
            f"工单 #{ticket.pk} 的这一条只是文字记录，已写入跟进，不能撤销",
            code="not_undoable",
            attr="sequence",
        )
    return before


def _restore(ticket: Ticket, before: dict[str, Any]) -> None:
    now = timezone.now()
    for name, value in before.items():
        is_moment = name in MOMENTS and value is not None
        setattr(ticket, name, datetime.fromisoformat(value) if is_moment else value)
    if "assignee_id" in before:
        ticket.assigned_at = now if ticket.assignee_id else None
        ticket.reaction_due_at = None
    if "cycle" in before:
        reminders = ticket.reminders.filter(cycle=ticket.cycle, kind=ReminderKind.OVERDUE)
        ticket.reminder_count = reminders.count()
    if ticket.is_open:
        clock.recalculate(ticket, now)
    else:
        clock.stop_again(ticket, now)


def _record(ticket: Ticket, actor: Actor, own: list[TicketEvent]) -> None:
    was: dict[str, Any] = ticket.before  # type: ignore[attr-defined]
    changes: dict[str, Any] = {
        name: [was[name], getattr(ticket, name)]
        for name in ("status", "progress", "priority")
        if was[name] != getattr(ticket, name)
    }
    record(
        ticket,
        actor,
        EventKind.UNDONE,
        from_value=was["status"],
        to_value=ticket.status,
        content="、".join(dict.fromkeys(event.get_kind_display() for event in own)),
        changes={**changes, "undone": [own[0].sequence, own[-1].sequence]},
    )
