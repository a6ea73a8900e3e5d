"""The tickets that wait for somebody: as soon as anyone is free they go, the most urgent first."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower, Trim

from config.database import clock
from config.errors import NotFoundError
from config.logs import get_logger
from customers.actors import system_actor
from tickets.dispatch.actions import ticket_dispatch
from tickets.dispatch.choice import choose, obstacle_to_any
from tickets.dispatch.colleagues import Colleague, colleagues, taking_part
from tickets.dispatch.decisions import missed_by, waitings_keep
from tickets.dispatch.rules import WAITING, DispatchRules, dispatch_rules
from tickets.models import DispatchTrigger, Priority, Ticket

logger = get_logger(__name__)

DISPATCHED_AT_ONCE = 100
EXPLAINED_AT_ONCE = 200
REACTIONS_AT_ONCE = 200

_URGENCY = Case(
    *(
        When(priority=value, then=Value(rank))
        for rank, value in enumerate(reversed(Priority.values))
    ),
    default=Value(len(Priority.values)),
    output_field=IntegerField(),
)


def waiting_tickets() -> QuerySet[Ticket]:
    """Nobody's, the most urgent first, of those the oldest."""
    return Ticket.objects.filter(status__in=WAITING, assignee=None).order_by(_URGENCY, "pk")


def dispatch_waiting() -> int:
    """What the free colleagues can take now goes to them; returns how many tickets went."""
    rules, now = dispatch_rules(), clock.now()
    if not rules.enabled or not _anything_to_do():
        return 0
    team = colleagues(rules, now)
    free = [colleague for colleague in team if obstacle_to_any(colleague, rules) is None]
    return _give_out(free, rules) if free else 0


def explain_waiting() -> int:
    """Writes for those who still wait why they do, as far as it has changed; returns how many."""
    rules, now = dispatch_rules(), clock.now()
    if not rules.enabled or not _anything_to_do():
        return 0
    team = colleagues(rules, now)
    tickets = list(waiting_tickets().select_related("customer")[:EXPLAINED_AT_ONCE])
    missed = missed_by([ticket.pk for ticket in tickets])
    choices = [
        (ticket, choose(team, ticket, rules, missed.get(ticket.pk, set()))) for ticket in tickets
    ]
    stuck = [(ticket, choice) for ticket, choice in choices if choice.best is None]
    return waitings_keep(stuck, DispatchTrigger.FREED, now)


def move_unreacted(now: datetime | None = None) -> int:
    """Takes tickets away from those who have not reacted in time; returns how many went on."""
    if not dispatch_rules().enabled:
        return 0
    due = Ticket.objects.filter(reaction_due_at__lte=now or clock.now())
    ids = due.order_by("reaction_due_at").values_list("pk", flat=True)[:REACTIONS_AT_ONCE]
    return sum(_dispatch(pk, DispatchTrigger.UNREACTED) is not None for pk in list(ids))


def _anything_to_do() -> bool:
    return waiting_tickets().order_by().exists() and taking_part().exists()


def _give_out(free: Sequence[Colleague], rules: DispatchRules) -> int:
    tickets = list(_takeable(free).select_related("customer")[:DISPATCHED_AT_ONCE])
    missed = missed_by([ticket.pk for ticket in tickets])
    by_id = {colleague.profile.user_id: colleague for colleague in free}
    given = 0
    for ticket in tickets:
        # A first look in memory; the decision itself counts again, with the profiles held.
        if choose(free, ticket, rules, missed.get(ticket.pk, set())).best is None:
            continue
        assignee_id = _dispatch(ticket.pk, DispatchTrigger.FREED)
        given += assignee_id is not None
        if assignee_id in by_id:
            by_id[assignee_id].load += 1
    return given


def _takeable(free: Sequence[Colleague]) -> QuerySet[Ticket]:
    """Those that anyone of `free` knows the product of: the others must not stand before them."""
    waiting = waiting_tickets()
    if any(colleague.is_generalist for colleague in free):
        return waiting
    known = {product for colleague in free for product in colleague.skills}
    folded = waiting.annotate(folded=Lower(Trim("product")))
    return folded.filter(Q(folded="") | Q(folded__in=known))


def _dispatch(ticket_id: int, trigger: str) -> int | None:
    """Whose the ticket is now; None when it went to nobody.

    One that is gone, or cannot be worked, is left for the next minute: the others go on.
    """
    try:
        decision = ticket_dispatch(ticket_id=ticket_id, trigger=trigger, actor=system_actor())
    except NotFoundError:
        return None
    except Exception:
        logger.exception("ticket_dispatch_failed", ticket=ticket_id, trigger=trigger)
        return None
    return decision.assignee_id if decision else None
