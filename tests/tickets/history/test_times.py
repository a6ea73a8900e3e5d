"""How long a ticket took, from its trail."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.factories import CustomerFactory, actor
from tickets.actions import (
    ticket_assign,
    ticket_create,
    ticket_reopen,
    ticket_resume,
    ticket_transition,
    ticket_wait,
)
from tickets.history.times import times_of, times_of_many
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 2, 2, 9, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def worked(lisi, admin, clock) -> Ticket:
    """An hour in the pool, one assigned, two in work of which one waiting, resolved."""
    by = actor(admin)
    ticket = ticket_create(customer=CustomerFactory(), description="打不开", actor=by)
    clock.shift(HOUR)
    ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=by)
    clock.shift(HOUR)
    ticket_transition(ticket_id=ticket.pk, status="processing", actor=by)
    clock.shift(HOUR / 2)
    ticket_wait(ticket_id=ticket.pk, actor=by)
    clock.shift(HOUR)
    ticket_resume(ticket_id=ticket.pk, actor=by)
    clock.shift(HOUR / 2)
    ticket_transition(ticket_id=ticket.pk, status="resolved", actor=by)
    return Ticket.objects.get(pk=ticket.pk)


def test_each_state_has_its_time_and_waiting_stands_apart(lisi, admin, clock):
    ticket = worked(lisi, admin, clock)
    clock.shift(HOUR * 3)
    ticket_transition(ticket_id=ticket.pk, status="closed", actor=actor(admin))
    clock.shift(HOUR * 30)
    times = times_of(Ticket.objects.get(pk=ticket.pk))
    assert times.in_states == {
        "pending": HOUR, "assigned": HOUR, "processing": HOUR, "resolved": 3 * HOUR,
    }  # fmt: skip
    assert times.waiting_seconds == HOUR
    assert times.to_response_seconds == 2 * HOUR
    assert times.to_resolution_seconds == 4 * HOUR


def test_an_open_ticket_counts_until_now(lisi, admin, clock):
    ticket = ticket_create(customer=CustomerFactory(), description="打不开", actor=actor(admin))
    clock.shift(HOUR)
    ticket_wait(ticket_id=ticket.pk, actor=actor(admin))
    clock.shift(HOUR)
    times = times_of(Ticket.objects.get(pk=ticket.pk))
    assert (times.in_states, times.waiting_seconds) == ({"pending": HOUR}, HOUR)
    assert times.to_resolution_seconds is None


def test_a_reopened_ticket_goes_on(lisi, admin, clock):
    ticket = worked(lisi, admin, clock)
    clock.shift(HOUR)
    ticket_reopen(ticket_id=ticket.pk, actor=actor(admin))
    clock.shift(HOUR)
    times = times_of(Ticket.objects.get(pk=ticket.pk))
    assert times.in_states["processing"] == 2 * HOUR
    assert times.in_states["resolved"] == HOUR


def test_a_trail_from_before_events_had_a_memory_is_read_by_its_words(lisi, admin, clock):
    ticket = worked(lisi, admin, clock)
    TicketEvent.objects.update(before={})
    times = times_of(Ticket.objects.get(pk=ticket.pk))
    assert times.in_states["pending"] == HOUR
    assert times.in_states["assigned"] == HOUR


def test_many_tickets_take_one_query(lisi, admin, clock, django_assert_num_queries):
    tickets = [worked(lisi, admin, clock) for _ in range(3)]
    with django_assert_num_queries(1):
        found = times_of_many(tickets)
    assert {times.to_resolution_seconds for times in found.values()} == {4 * HOUR}


def test_the_times_are_asked_for_over_the_api(api, lisi, admin, clock):
    ticket = worked(lisi, admin, clock)
    answer = api(admin).get(f"/api/tickets/{ticket.pk}/times").json()
    assert answer["to_response_seconds"] == 2 * HOUR
    assert answer["in_states"]["assigned"] == HOUR
