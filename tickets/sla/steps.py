"""The ladder: what fell due is told, once, at the latest a minute after its moment.

The scan finds tickets by `sla_check_at` alone, on an index. A ticket's step is one transaction: its
row, the messages, the event and the next moment commit together or not at all, so a worker may be
killed anywhere. Of two scans at once the second skips the locked row and finds it moved on; the
unique row of the step is the second net.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from config.database import clock
from config.logs import get_logger
from customers.actors import system_actor
from tickets.actions.trail import record, remember
from tickets.models import EventKind, SlaState, SlaStep, Ticket
from tickets.sla.clock import taken_steps
from tickets.sla.notices import tell
from tickets.sla.promises import Promise, next_check, promises_of, rules_of, state_of
from tickets.sla.rules import Rung

logger = get_logger(__name__)

BATCH = 200


@dataclass(frozen=True)
class Reached:
    """Rungs of one target that are due: several when the system was down; the last is the highest."""

    promise: Promise
    rungs: list[Rung]

    @property
    def highest(self) -> Rung:
        return self.rungs[-1]


def scan() -> int:
    """Works everything that is due; returns how many tickets took a step or changed their state.

    A ticket that cannot be worked is logged and stays due for the next scan: the others go on.
    """
    worked, last = 0, None
    while due := _due(clock.now(), last):
        for _, ticket_id in due:
            try:
                worked += _work(ticket_id)
            except Exception:
                logger.exception("sla_step_failed", ticket=ticket_id)
        last = due[-1]
    return worked


def _due(now: datetime, last: tuple[datetime, int] | None) -> list[tuple[datetime, int]]:
    """The next batch behind `last`, by the time at which they fell due."""
    rows = Ticket.objects.filter(sla_check_at__lte=now)
    if last is not None:
        at, pk = last
        rows = rows.filter(Q(sla_check_at__gt=at) | Q(sla_check_at=at, pk__gt=pk))
    ordered = rows.order_by("sla_check_at", "pk")
    return list(ordered.values_list("sla_check_at", "pk")[:BATCH])  # type: ignore[arg-type]


@transaction.atomic
def _work(ticket_id: int) -> bool:
    now = clock.now()
    ticket = _locked(ticket_id, now)
    if ticket is None:
        return False  # another scan has it, or somebody moved it on
    if not ticket.is_open or ticket.waiting_since is not None:
        ticket.sla_check_at = None
        ticket.save(update_fields=["sla_check_at"])
        return False
    owed = promises_of(ticket, rules_of(ticket))
    taken = set(taken_steps(ticket))
    due = [Reached(promise, rungs) for promise in owed if (rungs := promise.reached(now, taken))]
    taken |= {(one.promise.target, rung.percent) for one in due for rung in one.rungs}
    before, after = SlaState(ticket.sla_state), state_of(ticket, owed, now)
    ticket.sla_state = after
    ticket.sla_check_at = next_check(owed, taken, now)
    if not due and after == before:
        ticket.save(update_fields=["sla_check_at"])
        return False
    _take(ticket, due, before, now)
    return True


def _take(ticket: Ticket, due: list[Reached], before: SlaState, now: datetime) -> None:
    """The steps' rows first: what is told without them could be told twice."""
    SlaStep.objects.bulk_create(
        SlaStep(
            ticket=ticket,
            cycle=ticket.cycle,
            target=one.promise.target,
            percent=rung.percent,
            due_at=one.promise.moment(rung.percent),
            policy_id=ticket.sla_policy_id,
            policy_version=ticket.sla_version,
        )
        for one in due
        for rung in one.rungs
    )
    told = tell(ticket, [(one.promise, one.highest) for one in due], now)
    changes: dict[str, Any] = {}
    if before != ticket.sla_state:
        changes["sla_state"] = [before.value, ticket.sla_state]
    record(
        ticket,
        system_actor(),
        EventKind.SLA,
        from_value=str(before.label) if changes else "",
        to_value=str(SlaState(ticket.sla_state).label) if changes else "",
        content=_said(due, told),
        changes=changes,
    )


def _said(due: list[Reached], told: list[str]) -> str:
    steps = "；".join(
        f"{one.promise.target.label} {'、'.join(f'{rung.percent}%' for rung in one.rungs)}"
        for one in due
    )
    if not steps:
        return ""
    return f"{steps}；已通知：{'、'.join(told) or '无人可通知'}"


def _locked(ticket_id: int, now: datetime) -> Ticket | None:
    rows = Ticket.objects.filter(pk=ticket_id, sla_check_at__lte=now)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    ticket = rows.select_related("customer", "assignee").first()
    if ticket is not None:
        remember(ticket)
    return ticket
