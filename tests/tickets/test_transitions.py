"""The transition table, through the actions that every door calls."""

import itertools

import pytest

from config.api.roles import Role
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from customers.actors import Entry
from tests.factories import AdminFactory, CustomerFactory, TicketFactory, UserFactory, actor
from tickets import actions
from tickets.models import EventKind, Ticket
from tickets.states import FINISHED, TRANSITIONS, TicketStatus

pytestmark = pytest.mark.django_db

FORBIDDEN = [
    (current, target)
    for current, target in itertools.product(TicketStatus, TicketStatus)
    if target not in TRANSITIONS[current]
]


def ticket_in(status: str, **fields: object) -> Ticket:
    from django.utils import timezone

    done = status in FINISHED
    return TicketFactory(status=status, resolved_at=timezone.now() if done else None, **fields)


@pytest.mark.parametrize(("current", "target"), FORBIDDEN)
def test_a_move_outside_the_table_is_refused_and_names_the_state(current, target):
    ticket = ticket_in(current, assignee=UserFactory())
    with pytest.raises(ConflictError) as refusal:
        actions.ticket_transition(ticket_id=ticket.pk, status=target, actor=actor(AdminFactory()))
    assert current in refusal.value.detail
    ticket.refresh_from_db()
    assert ticket.status == current
    assert not ticket.events.exists()


@pytest.mark.parametrize(
    ("current", "target"),
    [(current, target) for current, targets in TRANSITIONS.items() for target in sorted(targets)],
)
def test_every_move_of_the_table_leaves_one_event(current, target):
    ticket = ticket_in(current, assignee=UserFactory())
    actions.ticket_transition(
        ticket_id=ticket.pk, status=target, reason="因为", actor=actor(AdminFactory())
    )
    event = ticket.events.get()
    assert (event.from_value, event.to_value, event.content) == (current, target, "因为")
    assert event.sequence == Ticket.objects.get(pk=ticket.pk).version == 1


def test_resolving_completes_the_progress_and_keeps_the_time():
    ticket = TicketFactory(status=TicketStatus.PROCESSING, progress=40)
    done = actions.ticket_transition(
        ticket_id=ticket.pk, status=TicketStatus.RESOLVED, actor=actor(AdminFactory())
    )
    assert (done.status, done.progress) == (TicketStatus.RESOLVED, 100)
    assert done.resolved_at is not None
    assert done.events.get().changes == {"progress": [40, 100]}


def test_a_reopened_ticket_goes_back_to_its_assignee_with_a_fresh_deadline():
    from datetime import timedelta

    from django.utils import timezone

    long_ago = timezone.now() - timedelta(days=9)
    ticket = ticket_in(TicketStatus.CLOSED, assignee=UserFactory(), deadline=long_ago, progress=100)
    again = actions.ticket_reopen(ticket_id=ticket.pk, actor=actor(AdminFactory()))
    assert again.status == TicketStatus.PROCESSING
    assert again.progress == 0
    assert again.resolved_at is None
    assert not again.overdue


def test_a_reopened_ticket_without_an_assignee_waits_for_one():
    ticket = ticket_in(TicketStatus.RESOLVED)
    again = actions.ticket_reopen(ticket_id=ticket.pk, actor=actor(AdminFactory()))
    assert again.status == TicketStatus.PENDING


def test_an_open_ticket_cannot_be_reopened():
    with pytest.raises(ConflictError, match="无需重开"):
        actions.ticket_reopen(ticket_id=TicketFactory().pk, actor=actor(AdminFactory()))


def test_assigning_moves_a_pending_ticket_and_keeps_an_escalated_one_escalated():
    lisi, boss = UserFactory(name="李四"), actor(AdminFactory())
    pending = TicketFactory()
    escalated = TicketFactory(status=TicketStatus.ESCALATED)
    assert (
        actions.ticket_assign(ticket_id=pending.pk, assignee=lisi, actor=boss).status
        == TicketStatus.ASSIGNED
    )
    assert (
        actions.ticket_assign(ticket_id=escalated.pk, assignee=lisi, actor=boss).status
        == TicketStatus.ESCALATED
    )
    event = pending.events.get()
    assert event.kind == EventKind.ASSIGNED
    assert event.to_value == "李四"
    assert event.changes == {"status": ["pending", "assigned"]}


def test_assigning_to_who_has_it_already_changes_nothing():
    lisi, boss = UserFactory(), actor(AdminFactory())
    ticket = TicketFactory()
    for _ in range(2):
        actions.ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=boss)
    assert ticket.events.count() == 1


@pytest.mark.parametrize("status", sorted(FINISHED))
def test_a_finished_ticket_is_not_assigned(status):
    with pytest.raises(ConflictError, match="请先重开"):
        actions.ticket_assign(
            ticket_id=ticket_in(status).pk, assignee=UserFactory(), actor=actor(AdminFactory())
        )


def test_only_the_team_can_be_assigned():
    stranger = UserFactory(role=Role.CUSTOMER)
    with pytest.raises(InvalidInputError) as refusal:
        actions.ticket_assign(
            ticket_id=TicketFactory().pk, assignee=stranger, actor=actor(AdminFactory())
        )
    assert refusal.value.attr == "assignee"


def test_an_old_version_is_refused():
    ticket, boss = TicketFactory(), actor(AdminFactory())
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=10, actor=boss)
    with pytest.raises(ConflictError) as refusal:
        actions.ticket_edit(ticket_id=ticket.pk, changes={"title": "新"}, version=0, actor=boss)
    assert refusal.value.code == "version_conflict"


def test_an_edit_names_each_fields_old_and_new_value():
    ticket = TicketFactory(title="旧", product="")
    actions.ticket_edit(
        ticket_id=ticket.pk,
        changes={"title": "新", "product": "云服务器", "description": ticket.description},
        actor=actor(AdminFactory()),
    )
    assert ticket.events.get().changes == {"title": ["旧", "新"], "product": ["", "云服务器"]}


def test_progress_starts_a_ticket_that_nobody_had_begun():
    ticket = TicketFactory()
    after = actions.ticket_set_progress(
        ticket_id=ticket.pk, percent=60, actor=actor(AdminFactory())
    )
    assert (after.status, after.progress) == (TicketStatus.PROCESSING, 60)


@pytest.mark.parametrize("percent", [-1, 101])
def test_progress_is_a_percentage(percent):
    with pytest.raises(InvalidInputError):
        actions.ticket_set_progress(
            ticket_id=TicketFactory().pk, percent=percent, actor=actor(AdminFactory())
        )


def test_staff_cannot_touch_a_ticket_outside_their_view():
    with pytest.raises(NotFoundError):
        actions.ticket_transition(
            ticket_id=TicketFactory().pk, status="resolved", actor=actor(UserFactory())
        )


def test_a_customer_cannot_move_their_own_ticket():
    customer = CustomerFactory()
    login = UserFactory(role=Role.CUSTOMER, customer=customer)
    ticket = TicketFactory(customer=customer)
    with pytest.raises(NotAllowedError):
        actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(login))


def test_the_first_act_of_the_team_is_the_first_response():
    ticket = TicketFactory()
    actions.ticket_reply(
        ticket_id=ticket.pk, content="在看了", actor=actor(AdminFactory(), Entry.WECOM_GROUP)
    )
    ticket.refresh_from_db()
    assert ticket.responded_at is not None
