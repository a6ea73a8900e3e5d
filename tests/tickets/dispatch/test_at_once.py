"""Many at once: nobody above their limit, no ticket given twice."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from config.errors import AppError
from customers.actors import system_actor
from tests.at_once import all_at_once
from tests.factories import AdminFactory, AgentFactory, TicketFactory, actor
from tickets.actions import ticket_transition
from tickets.dispatch.actions import ticket_dispatch
from tickets.dispatch.waiting import dispatch_waiting
from tickets.models import DispatchDecision, Ticket, TicketEvent
from tickets.states import OPEN

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, TICKETS, AGENTS, LIMIT = 8, 50, 4, 10


@pytest.fixture(autouse=True)
def around_the_clock(rule: Callable[..., None]) -> None:
    rule(needs_working_hours=False)


def loads() -> Counter[int]:
    open_ones = Ticket.objects.filter(status__in=OPEN, assignee__isnull=False)
    return Counter(pk for pk in open_ones.values_list("assignee", flat=True) if pk is not None)


def dispatch_all(ids: list[int]) -> None:
    for pk in ids:
        ticket_dispatch(ticket_id=pk, trigger="created", actor=system_actor())


def test_eight_workers_and_fifty_tickets_fill_everybody_to_the_limit_and_no_further():
    agents = AgentFactory.create_batch(AGENTS, max_open_tickets=LIMIT)
    ids = [ticket.pk for ticket in TicketFactory.create_batch(TICKETS)]
    acts = []
    for number in range(THREADS):
        order = random.Random(number).sample(ids, TICKETS)
        acts.append(lambda order=order: dispatch_all(order))
    assert all_at_once(acts) == []

    assert loads() == {agent.user_id: LIMIT for agent in agents}
    given = DispatchDecision.objects.filter(assignee__isnull=False)
    assert given.count() == AGENTS * LIMIT
    assert given.values("ticket").distinct().count() == AGENTS * LIMIT
    assert TicketEvent.objects.filter(kind="assigned").count() == AGENTS * LIMIT
    waiting = DispatchDecision.objects.filter(assignee__isnull=True)
    assert waiting.count() == TICKETS - AGENTS * LIMIT, "each of the rest says once why it waits"


def test_while_tickets_are_finished_the_next_ones_move_up_and_nobody_is_overloaded():
    agents = AgentFactory.create_batch(AGENTS, max_open_tickets=3)
    TicketFactory.create_batch(30)
    boss, seen = actor(AdminFactory()), []

    def work() -> None:
        for _ in range(6):
            dispatch_waiting()
            counted = loads()
            seen.append(max(counted.values(), default=0))
            taken = Ticket.objects.filter(status="assigned").order_by("?").first()
            if taken is not None:
                finish(taken.pk)

    def finish(pk: int) -> None:
        try:
            ticket_transition(ticket_id=pk, status="resolved", actor=boss)
        except AppError:
            pass  # another was faster

    assert all_at_once([work] * 4) == []
    assert max(seen) <= 3
    dispatch_waiting()
    left = Ticket.objects.filter(status__in=OPEN).count()
    assert sum(loads().values()) == min(left, 3 * len(agents))
    assigned = TicketEvent.objects.filter(kind="assigned").values_list("ticket", flat=True)
    assert len(assigned) == len(set(assigned)), "no ticket was given twice"
