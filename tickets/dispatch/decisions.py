"""Keeping why a ticket went to somebody, or why it still waits."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from customers.models import User
from tickets.dispatch.choice import Choice
from tickets.models import DispatchDecision, DispatchTrigger, Ticket

REASON_LENGTH = 500


def decision_keep(
    ticket: Ticket,
    trigger: str,
    choice: Choice,
    *,
    reason: str = "",
    assignee: User | None = None,
    taken_from: User | None = None,
) -> DispatchDecision:
    """A new row: somebody got the ticket, or it was taken from somebody in vain."""
    return DispatchDecision.objects.create(
        ticket=ticket,
        trigger=trigger,
        assignee=assignee,
        taken_from=taken_from,
        cycle=ticket.cycle,
        reason=(reason or choice.reason)[:REASON_LENGTH],
        candidates=choice.weighed,
    )


def waiting_keep(ticket: Ticket, trigger: str, choice: Choice, now: datetime) -> DispatchDecision:
    """Why the ticket waits. A ticket has one such row for as long as it waits, kept up to date."""
    waitings_keep([(ticket, choice)], trigger, now)
    return DispatchDecision.objects.filter(ticket=ticket).order_by("-id")[0]


def waitings_keep(waiting: Sequence[tuple[Ticket, Choice]], trigger: str, now: datetime) -> int:
    """`waiting_keep` for many, with at most four statements; returns how many rows it wrote."""
    last = _last_decisions([ticket.pk for ticket, _ in waiting])
    new: list[DispatchDecision] = []
    changed: list[DispatchDecision] = []
    for ticket, choice in waiting:
        row = last.get(ticket.pk)
        if row is None or row.assignee_id or row.taken_from_id or row.cycle != ticket.cycle:
            new.append(
                DispatchDecision(
                    ticket=ticket,
                    trigger=trigger,
                    cycle=ticket.cycle,
                    reason=choice.reason,
                    candidates=choice.weighed,
                )
            )
        elif row.reason != choice.reason or row.candidates != choice.weighed:
            row.reason, row.candidates, row.created_at = choice.reason, choice.weighed, now
            changed.append(row)
    DispatchDecision.objects.bulk_create(new)
    if changed:
        DispatchDecision.objects.bulk_update(changed, ["reason", "candidates", "created_at"])
    return len(new) + len(changed)


def _last_decisions(ticket_ids: Collection[int]) -> dict[int, DispatchDecision]:
    newest = DispatchDecision.objects.filter(ticket=OuterRef("pk")).order_by("-id").values("pk")[:1]
    ids = Ticket.objects.filter(pk__in=ticket_ids).annotate(last=Subquery(newest)).values("last")
    return {row.ticket_id: row for row in DispatchDecision.objects.filter(pk__in=ids)}


def missed_by(ticket_ids: Collection[int]) -> dict[int, set[int]]:
    """Who let each of the tickets lie, in its present cycle."""
    found: dict[int, set[int]] = defaultdict(set)
    taken = DispatchDecision.objects.filter(
        ticket__in=ticket_ids,
        trigger=DispatchTrigger.UNREACTED,
        taken_from__isnull=False,
        cycle=F("ticket__cycle"),
    )
    for ticket_id, user_id in taken.values_list("ticket", "taken_from"):
        if user_id is not None:
            found[ticket_id].add(user_id)
    return found


def moves_of(ticket: Ticket) -> int:
    """How often the ticket has gone on to another in its present cycle, for want of a reaction."""
    return ticket.dispatches.filter(
        trigger=DispatchTrigger.UNREACTED, cycle=ticket.cycle, assignee__isnull=False
    ).count()
