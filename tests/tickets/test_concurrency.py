"""Many at once on one ticket: one consistent chain of events."""

from collections.abc import Callable

import pytest

from config.errors import AppError
from tests.at_once import all_at_once
from tests.factories import AdminFactory, TicketFactory, UserFactory, actor
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
