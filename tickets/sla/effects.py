"""What a policy would do, or does, to tickets that are open: which of their due times move.

The same comparison serves the preview, which writes nothing, and the application.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from tickets.models import SlaPolicyVersion, Ticket
from tickets.sla.clock import default_duration
from tickets.sla.matching import Policy, first_fitting, policies_in_force, tags_of
from tickets.sla.promises import due_times
from tickets.sla.rules import Rules
from tickets.states import OPEN

# A request answers in a second or two, however many tickets are open.
MOST_EXAMINED = 20_000
CHUNK = 500
EXAMPLES = 10
# A policy that is not saved yet.
NEW = 0


@dataclass(frozen=True)
class Move:
    """A ticket that another promise would hold for; its present ones are on the ticket."""

    ticket: Ticket
    found: Policy | None
    response_due_at: datetime | None
    deadline: datetime

    @property
    def is_shift(self) -> bool:
        """Whether a due time moves, not only the version."""
        before = (self.ticket.response_due_at, self.ticket.deadline)
        return before != (self.response_due_at, self.deadline)

    def becomes_overdue(self, now: datetime) -> bool:
        return self.deadline < now <= self.ticket.deadline

    def is_no_longer_overdue(self, now: datetime) -> bool:
        return self.ticket.deadline < now <= self.deadline


@dataclass
class Preview:
    """`examined` of `open_tickets` were looked at, the newest first; `examples` are the first moves."""

    open_tickets: int = 0
    examined: int = 0
    moved: int = 0
    become_overdue: int = 0
    no_longer_overdue: int = 0
    examples: list[Move] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return self.examined == self.open_tickets


def preview_of(rules: Rules, policy_id: int | None) -> Preview:
    """What applying `rules` now would do: as a new policy, or as the next version of one."""
    proposed = Policy(policy_id or NEW, 0, rules)
    policies = [one for one in policies_in_force() if one.policy_id != policy_id]
    if rules.is_active:
        # A new policy's number will be the highest.
        policies = sorted(
            [*policies, proposed],
            key=lambda one: (one.rules.rank, one.policy_id or float("inf")),
        )
    now, result = timezone.now(), Preview()
    result.open_tickets = Ticket.objects.filter(status__in=OPEN).count()
    for chunk in _chunks():
        result.examined += len(chunk)
        for move in moves(chunk, policies, proposed.policy_id):
            if not move.is_shift:
                continue
            result.moved += 1
            result.become_overdue += move.becomes_overdue(now)
            result.no_longer_overdue += move.is_no_longer_overdue(now)
            if len(result.examples) < EXAMPLES:
                result.examples.append(move)
    return result


def moves(tickets: Sequence[Ticket], policies: Sequence[Policy], policy_id: int) -> Iterator[Move]:
    """Of those that `policies` lead to that policy, or that have it now, what would change."""
    tags = tags_of({ticket.customer_id for ticket in tickets})
    before = _agreed(tickets)
    default = default_duration()
    for ticket in tickets:
        found = first_fitting(policies, ticket, tags[ticket.customer_id])
        if policy_id not in (ticket.sla_policy_id, found.policy_id if found else None):
            continue
        old = before.get((ticket.sla_policy_id, ticket.sla_version))
        dropped = old is not None and old.resolution_minutes is not None
        due = due_times(
            ticket, found.rules if found else None, default=default if dropped else None
        )
        move = Move(ticket, found, due.response_due_at, due.deadline)
        present = (found.policy_id, found.version) if found else (None, None)
        if move.is_shift or present != (ticket.sla_policy_id, ticket.sla_version):
            yield move


def _agreed(tickets: Sequence[Ticket]) -> dict[tuple[int | None, int | None], Rules]:
    """The rules by which those tickets' due times were set."""
    ids = {ticket.sla_policy_id for ticket in tickets if ticket.sla_policy_id is not None}
    rows = SlaPolicyVersion.objects.filter(policy__in=ids) if ids else []
    return {(row.policy_id, row.version): Rules.from_json(row.rules) for row in rows}


def _chunks() -> Iterator[list[Ticket]]:
    last, left = None, MOST_EXAMINED
    while left > 0:
        rows = (
            Ticket.objects.filter(status__in=OPEN)
            .select_related("customer", "sla_policy")
            .order_by("-pk")
        )
        if last is not None:
            rows = rows.filter(pk__lt=last)
        chunk = list(rows[: min(CHUNK, left)])
        if not chunk:
            return
        yield chunk
        last, left = chunk[-1].pk, left - len(chunk)
