"""Many at once on one ticket: one consistent chain of events."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from config.errors import AppError
from tests.at_once import all_at_once
from tests.factories import AdminFactory, CustomerFactory, TicketFactory, UserFactory, actor
from tickets import actions
from tickets.models import EventKind, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_acts_at_once_leave_one_chain():
    boss = actor(AdminFactory())
    staff = [UserFactory(name=f"员工{n}") for n in range(4)]
    ticket = TicketFactory()
    statuses = ["processing", "resolved", "escalated", "cancelled"]
    acts: list[Callable[[], object]] = []
    for number in range(4):
        acts += [
            lambda n=number: actions.ticket_transition(
                ticket_id=ticket.pk, status=statuses[n], actor=boss
            ),
            lambda n=number: actions.ticket_assign(
                ticket_id=ticket.pk, assignee=staff[n], actor=boss
            ),
            lambda n=number: actions.ticket_set_progress(
                ticket_id=ticket.pk, percent=n * 10, actor=boss
            ),
            lambda n=number: actions.ticket_reply(
                ticket_id=ticket.pk, content=f"第{n}句", actor=boss
            ),
            lambda: actions.ticket_reopen(ticket_id=ticket.pk, actor=boss),
        ]
    assert len(acts) == 20
    assert all_at_once(acts, foreseen=AppError) == []

    ticket.refresh_from_db()
    events = list(ticket.events.order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, ticket.version + 1))
    assert sum(event.kind == EventKind.REPLY for event in events) == 4
    status = "pending"
    for event in events:
        change = event.changes.get("status")
        if event.kind == EventKind.STATUS:
            change = [event.from_value, event.to_value]
        if change:
            assert change[0] == status, "each change begins where the one before ended"
            status = change[1]
    assert status == ticket.status


def test_of_ten_edits_with_one_version_exactly_one_wins():
    boss, ticket = actor(AdminFactory()), TicketFactory()
    actions.ticket_reply(ticket_id=ticket.pk, content="开始", actor=boss)
    acts = [
        lambda n=number: actions.ticket_edit(
            ticket_id=ticket.pk, changes={"title": f"标题{n}"}, version=1, actor=boss
        )
        for number in range(10)
    ]
    assert all_at_once(acts, foreseen=AppError) == []
    assert Ticket.objects.get(pk=ticket.pk).version == 2


@pytest.mark.services_only
def test_who_waited_for_an_assignment_tells_of_the_new_assignee():
    """The row that was waited for is new; what it had been joined with is not."""
    boss, ticket = actor(AdminFactory()), TicketFactory(assignee=UserFactory(name="旧人"))
    new = UserFactory(name="新人")
    is_assigned = threading.Event()

    def assign():
        with transaction.atomic():
            actions.ticket_assign(ticket_id=ticket.pk, assignee=new, actor=boss)
            is_assigned.set()
            _until_somebody_waits()

    def edit():
        is_assigned.wait(10)
        edited = actions.ticket_edit(ticket_id=ticket.pk, changes={"title": "新"}, actor=boss)
        assert edited.assigned_to_name == "新人"

    assert all_at_once([assign, edit]) == []


def test_bulk_acts_of_crossing_customers_wait_for_each_other_in_one_order(api):
    boss, lisi = AdminFactory(), UserFactory(name="李四")
    one, other = CustomerFactory(), CustomerFactory()
    tickets = [TicketFactory(customer=(one, other)[n % 2]).pk for n in range(60)]
    # Neither shares a ticket with the other, but each begins with the other's second customer.
    mine, theirs = tickets[::3], tickets[1::3]

    def bulk(ids, key):
        body = {"ids": ids, "action": "assign", "assignee": lisi.username}
        answer = api(boss).post("/api/tickets/bulk", body, headers={"Idempotency-Key": key})
        assert answer.json()["failed"] == 0, answer.content

    def single():
        for pk in mine[10:] + theirs[10:]:
            actions.ticket_reply(ticket_id=pk, content="在处理", actor=actor(boss))

    assert all_at_once([lambda: bulk(mine, "a"), lambda: bulk(theirs, "b"), single]) == []


def _until_somebody_waits():
    """For a row that the calling transaction holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    mine = " AND datname = current_database()"
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting + mine)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
