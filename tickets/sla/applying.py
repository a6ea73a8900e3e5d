"""A policy's present version, brought to the tickets that are open.

One transaction for each ticket that moves: it holds no ticket while it waits for another. A worker
may die anywhere; the next one goes on behind the last batch, and a ticket that moved already does
not move again. One that cannot be moved is logged and keeps its promises; the others go on.
"""

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from config.events.publish import enqueue
from config.logs import get_logger
from customers.actors import system_actor
from tickets.actions.trail import record, remember
from tickets.models import EventKind, SlaApplication, Ticket
from tickets.sla import clock
from tickets.sla.effects import moves
from tickets.sla.matching import policies_in_force, policy_for
from tickets.sla.policies import APPLY_TASK
from tickets.states import OPEN

logger = get_logger(__name__)

BATCH = 200
# Batches that one task works before it hands on.
BATCHES = 10


def application_work(application_id: int) -> None:
    """Some batches; what is left is another task's."""
    for _ in range(BATCHES):
        application = SlaApplication.objects.filter(pk=application_id, finished_at=None).first()
        if application is None or not _work_batch(application):
            return
    with transaction.atomic():
        enqueue(APPLY_TASK, [[application_id]], queue="default")


def _work_batch(application: SlaApplication) -> bool:
    """Whether there is more to do."""
    batch = list(
        Ticket.objects.filter(pk__gt=application.cursor, status__in=OPEN).order_by("pk")[:BATCH]
    )
    for move in moves(batch, policies_in_force(), application.policy_id):
        try:
            _apply_to(move.ticket.pk, application)
        except Exception:
            logger.exception("sla_not_applied", ticket=move.ticket.pk, application=application.pk)
    # Of two workers on one application the second one's batch is behind the cursor already.
    SlaApplication.objects.filter(pk=application.pk, cursor=application.cursor).update(
        cursor=batch[-1].pk if batch else application.cursor,
        examined=F("examined") + len(batch),
        finished_at=None if len(batch) == BATCH else timezone.now(),
    )
    return len(batch) == BATCH


@transaction.atomic
def _apply_to(ticket_id: int, application: SlaApplication) -> None:
    ticket = locked_open_ticket(ticket_id)
    if ticket is None:
        return
    deadline = ticket.deadline
    if not recalculated(ticket, f"策略更新（版本 {application.version}）"):
        return
    now = timezone.now()
    SlaApplication.objects.filter(pk=application.pk).update(
        moved=F("moved") + 1,
        become_overdue=F("become_overdue") + int(ticket.deadline < now <= deadline),
        no_longer_overdue=F("no_longer_overdue") + int(deadline < now <= ticket.deadline),
    )


def locked_open_ticket(ticket_id: int) -> Ticket | None:
    rows = Ticket.objects.filter(pk=ticket_id, status__in=OPEN)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    ticket = rows.select_related("customer", "assignee").first()
    if ticket is not None:
        remember(ticket)
    return ticket


def recalculated(ticket: Ticket, why: str) -> bool:
    """Recalculates a locked ticket; a change of its promises leaves an event that says `why`."""
    before = _promises(ticket)
    clock.recalculate_by(ticket, policy_for(ticket), timezone.now())
    after = _promises(ticket)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changes:
        return False
    record(ticket, system_actor(), EventKind.SLA, content=why, changes=changes)
    return True


def _promises(ticket: Ticket) -> dict[str, object]:
    answer = ticket.response_due_at
    return {
        "sla_policy": ticket.sla_policy_id,
        "sla_version": ticket.sla_version,
        "response_due_at": answer.isoformat() if answer else None,
        "deadline": ticket.deadline.isoformat(),
    }
