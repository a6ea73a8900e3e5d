"""Chasing overdue tickets, and warning before a deadline (seed 001, scene 4).

Whoever asks and however often, one ticket is reminded once in an interval: a run holds one lock, and
leaves a row for each reminder in the transaction that accepts its message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from config.database import clock
from config.database.locks import transaction_lock
from config.errors import NotAllowedError
from config.logs import get_logger
from config.runtime import store
from customers.actors import Actor, system_actor
from tickets.actions.trail import EventParts, record_many
from tickets.actions.transition import tickets_escalate
from tickets.group.speaking import heard_in
from tickets.models import EventKind, ReminderKind, Ticket, TicketReminder
from tickets.reminders import texts
from tickets.reminders.due import due_for_reminder, due_for_warning, is_quiet, overdue_tickets
from tickets.reminders.telling import Listener, Listeners, plan, send
from tickets.reminders.texts import Chase

logger = get_logger(__name__)

LOCK = "tickets.reminders"


@dataclass(frozen=True)
class RunResult:
    """How many tickets are overdue, and how many of them this run reminded of."""

    overdue_count: int
    reminders_sent: int


@transaction.atomic
def reminders_run(*, actor: Actor, by_hand: bool, now: datetime | None = None) -> RunResult:
    """Reminds of every overdue ticket that was not reminded of within the interval.

    `by_hand` it runs in quiet hours too. Raises `NotAllowedError` for anybody but administrators
    and the system.
    """
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以检查超时工单")
    transaction_lock(LOCK)
    now = now or clock.now()
    overdue_count = overdue_tickets(now).count()
    if overdue_count == 0 or (not by_hand and is_quiet(now)):
        return RunResult(overdue_count, 0)
    tickets = due_for_reminder(now)
    if not tickets:
        return RunResult(overdue_count, 0)
    listeners = Listeners(tickets)
    heard = [(_next_chase(ticket, listeners, now), of) for ticket, of in _heard(tickets, listeners)]
    _record_reminders([chase for chase, _ in heard], actor, now)
    _escalate(heard)
    _send(heard, listeners, actor)
    logger.info("reminders_run", overdue=overdue_count, sent=len(heard), by_hand=by_hand)
    return RunResult(overdue_count, len(heard))


@transaction.atomic
def warnings_run(*, now: datetime | None = None) -> int:
    """Warns once of each deadline that is near; returns of how many. By the clock alone."""
    transaction_lock(LOCK)
    now = now or clock.now()
    if is_quiet(now):
        return 0
    tickets = due_for_warning(now)
    heard = [(Chase(ticket, now), of) for ticket, of in _heard(tickets, Listeners(tickets))]
    if not heard:
        return 0
    parts: dict[int, EventParts] = {
        chase.ticket.pk: {"to_value": "临期预警", "content": chase.addressed} for chase, _ in heard
    }
    warned = [chase.ticket for chase, _ in heard]
    record_many(warned, system_actor(), EventKind.REMINDED, parts, saved={})
    rows = _rows([chase for chase, _ in heard], ReminderKind.WARNING, None)
    _keep_message_ids(rows, send(plan(texts.WARNING_TITLE, heard, texts.warning_text)))
    return len(heard)


def _heard(tickets: Sequence[Ticket], listeners: Listeners) -> list[tuple[Ticket, list[Listener]]]:
    """Those of which somebody can be told, and who; the others are named in the log."""
    found = [(ticket, listeners.of(ticket)) for ticket in tickets]
    deaf = [ticket.pk for ticket, of in found if not of]
    if deaf:
        logger.warning("reminder_unaddressed", tickets=deaf[:50], count=len(deaf))
    return [(ticket, of) for ticket, of in found if of]


def _next_chase(ticket: Ticket, listeners: Listeners, now: datetime) -> Chase:
    number = ticket.reminder_count + 1
    is_for_supervisor = _is_escalation(number) and bool(listeners.supervisors(ticket))
    return Chase(ticket, now, number, is_for_supervisor)


def _is_escalation(number: int) -> bool:
    every = store.get_int("ticket.reminder_escalate_every")
    return every > 0 and number % every == 0


def _record_reminders(chases: Sequence[Chase], actor: Actor, now: datetime) -> None:
    parts: dict[int, EventParts] = {}
    for chase in chases:
        chase.ticket.reminder_count = chase.number
        chase.ticket.last_reminder_at = now
        parts[chase.ticket.pk] = {
            "to_value": f"第 {chase.number} 次",
            "content": chase.addressed,
        }
    record_many(
        [chase.ticket for chase in chases],
        actor,
        EventKind.REMINDED,
        parts,
        saved={"reminder_count": F("reminder_count") + 1, "last_reminder_at": now},
    )


def _escalate(heard: Sequence[tuple[Chase, list[Listener]]]) -> None:
    """The first time that supervisors would be told, the ticket itself says so."""
    every = store.get_int("ticket.reminder_escalate_every")
    first = [(chase.ticket, of) for chase, of in heard if chase.number == every]
    if first:
        tickets_escalate(
            [ticket for ticket, _ in first],
            actor=system_actor(),
            reason=f"催促 {every} 次仍未处理，自动升级",
            told_in={t.pk: heard_in(of[0].voice, t) for t, of in first if of[0].voice},
        )


def _send(
    heard: Sequence[tuple[Chase, list[Listener]]], listeners: Listeners, actor: Actor
) -> None:
    """Rows first, then what they stand for; a supervisor who is told anyway is not told twice."""
    rows = _rows([chase for chase, _ in heard], ReminderKind.OVERDUE, actor)
    planned = plan(texts.OVERDUE_TITLE, heard, texts.reminder_text)
    escalated = [
        (chase, [one for one in listeners.supervisors(chase.ticket) if one not in of])
        for chase, of in heard
        if chase.is_for_supervisor
    ]
    planned += plan(texts.ESCALATION_TITLE, escalated, texts.escalation_text)
    _keep_message_ids(rows, send(planned, created_by=actor.user))


def _rows(chases: Sequence[Chase], kind: ReminderKind, actor: Actor | None) -> list[TicketReminder]:
    so_far = _numbers_so_far(chases, kind)
    return TicketReminder.objects.bulk_create(
        TicketReminder(
            ticket=chase.ticket,
            cycle=chase.ticket.cycle,
            kind=kind,
            number=so_far.get(chase.ticket.pk, 0) + 1,
            deadline=chase.ticket.deadline,
            mentions=chase.mentions,
            is_escalation=kind == ReminderKind.OVERDUE and _is_escalation(chase.number),
            requested_by=actor.user if actor else None,
        )
        for chase in chases
    )


def _numbers_so_far(chases: Sequence[Chase], kind: ReminderKind) -> dict[int, int]:
    """The highest number of each ticket in its present cycle.

    Not the ticket's count: an undone reopening leads back to a cycle that has rows already.
    """
    found = (
        TicketReminder.objects.filter(
            ticket__in=[chase.ticket.pk for chase in chases], kind=kind, cycle=F("ticket__cycle")
        )
        .order_by()
        .values_list("ticket_id")
        .annotate(Max("number"))
    )
    return dict(found)


def _keep_message_ids(rows: Sequence[TicketReminder], message_ids: dict[int, str]) -> None:
    for row in rows:
        row.message_id = message_ids[row.ticket_id]
    TicketReminder.objects.bulk_update(rows, ["message_id"])
