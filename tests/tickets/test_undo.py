"""Taking one's own change back, unless somebody has built on it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from config.errors import AppError, ConflictError, NotAllowedError, NotFoundError
from customers.actors import system_actor
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, actor
from tickets import actions
from tickets.actions.undo import ticket_undo
from tickets.models import Ticket, TicketEvent
from tickets.sla.policies import policy_save

pytestmark = pytest.mark.django_db

# As the clocks stand, too.
FIELDS = (
    "status", "progress", "priority", "assignee_id", "deadline", "resolved_at", "closed_at",
    "waiting_since", "cycle", "sla_started_at", "deadline_named", "response_due_at", "sla_check_at",
)  # fmt: skip


@pytest.fixture
def ticket(lisi):
    customer = CustomerFactory(follow_user=lisi)
    return actions.ticket_create(customer=customer, description="坏了", actor=actor(lisi))


def held(ticket):
    return Ticket.objects.values(*FIELDS).get(pk=ticket.pk)


@pytest.fixture
def promised(admin):
    """Service levels for everybody and for urgent tickets, in working hours."""
    rules = {"rank": 1, "is_active": True, "products": [], "tags": [], "clock": "working"}
    rules |= {"ladder": [], "response_minutes": 60}
    for name, priorities, minutes in (("紧急", ["urgent"], 120), ("标准", [], 600)):
        own = {"name": name, "priorities": priorities, "resolution_minutes": minutes}
        policy_save(policy_id=None, rules={**rules, **own}, actor=actor(admin))


def move(status):
    return lambda pk, who: actions.ticket_transition(ticket_id=pk, status=status, actor=who)


@pytest.mark.parametrize(
    ("before", "act"),
    [
        ([], move("processing")),
        ([], move("resolved")),
        ([move("resolved")], move("closed")),
        (
            [move("resolved"), move("closed")],
            lambda pk, who: actions.ticket_reopen(ticket_id=pk, actor=who),
        ),
        ([], lambda pk, who: actions.ticket_assign(ticket_id=pk, assignee=who.user, actor=who)),
        ([], lambda pk, who: actions.ticket_set_progress(ticket_id=pk, percent=60, actor=who)),
        ([], lambda pk, who: actions.ticket_wait(ticket_id=pk, actor=who)),
        (
            [lambda pk, who: actions.ticket_wait(ticket_id=pk, actor=who)],
            lambda pk, who: actions.ticket_resume(ticket_id=pk, actor=who),
        ),
        (
            [],
            lambda pk, who: actions.ticket_edit(
                ticket_id=pk, changes={"priority": "urgent"}, actor=who
            ),
        ),
        (
            [],
            lambda pk, who: actions.ticket_edit(
                ticket_id=pk, changes={"deadline": timezone.now() + timedelta(days=9)}, actor=who
            ),
        ),
    ],
    ids=[
        "begun",
        "resolved",
        "closed",
        "reopened",
        "given",
        "progress",
        "waits",
        "goes-on",
        "urgent",
        "later",
    ],
)
@pytest.mark.parametrize("is_promised", [False, True])
def test_the_ticket_is_as_it_was(request, ticket, lisi, before, act, is_promised):
    if is_promised:
        request.getfixturevalue("promised")
        ticket = actions.ticket_create(
            customer=ticket.customer, description="慢", actor=actor(lisi)
        )
    for step in before:
        step(ticket.pk, actor(lisi))
    was = held(ticket)
    act(ticket.pk, actor(lisi))
    assert held(ticket) != was
    ticket.refresh_from_db()
    ticket_undo(ticket_id=ticket.pk, sequence=ticket.version, actor=actor(lisi))
    assert held(ticket) == was
    ticket.refresh_from_db()
    event = TicketEvent.objects.latest("id")
    assert (event.kind, event.sequence) == ("undone", ticket.version)


def test_a_new_ticket_is_cancelled(ticket, lisi):
    ticket_undo(ticket_id=ticket.pk, sequence=1, actor=actor(lisi))
    ticket.refresh_from_db()
    assert ticket.status == "cancelled"
    assert TicketEvent.objects.latest("id").content == "撤销"


def test_what_the_system_did_to_a_new_ticket_goes_with_it(ticket, lisi, wangwu):
    actions.ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=system_actor())
    ticket_undo(ticket_id=ticket.pk, sequence=1, actor=actor(lisi))
    assert held(ticket)["status"] == "cancelled"


def test_what_a_colleague_did_to_a_new_ticket_stays(ticket, lisi, admin):
    actions.ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=actor(admin))
    with pytest.raises(ConflictError, match="管理员"):
        ticket_undo(ticket_id=ticket.pk, sequence=1, actor=actor(lisi))


def test_what_somebody_changed_since_stays_and_is_named(ticket, lisi, admin):
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=20, actor=actor(lisi))
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=60, actor=actor(admin))
    with pytest.raises(ConflictError, match=r"管理员 于 .* 进度更新，当前状态为处理中"):
        ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi))
    assert held(ticket)["progress"] == 60


def test_words_since_disturb_nobody(ticket, lisi, admin):
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=20, actor=actor(lisi))
    actions.ticket_reply(ticket_id=ticket.pk, content="加油", actor=actor(admin))
    ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi))
    assert held(ticket)["progress"] == 0


def test_twice_is_refused(ticket, lisi):
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=20, actor=actor(lisi))
    ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi))
    with pytest.raises(ConflictError, match="撤销"):
        ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi))


def test_only_ones_own(ticket, lisi, admin):
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=20, actor=actor(lisi))
    with pytest.raises(NotAllowedError):
        ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(admin))


def test_words_cannot_be_unsaid(ticket, lisi):
    actions.ticket_reply(ticket_id=ticket.pk, content="在路上", actor=actor(lisi))
    with pytest.raises(ConflictError, match="文字记录"):
        ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi))
    with pytest.raises(NotFoundError):
        ticket_undo(ticket_id=ticket.pk, sequence=9, actor=actor(lisi))
    with pytest.raises(NotFoundError):
        ticket_undo(ticket_id=ticket.pk, sequence=0, actor=actor(lisi))


def test_several_events_of_one_command_go_together(ticket, lisi):
    was = held(ticket)
    actions.ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=actor(lisi))
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=20, actor=actor(lisi))
    ticket_undo(ticket_id=ticket.pk, sequence=2, last=3, actor=actor(lisi))
    assert held(ticket) == was


@pytest.mark.django_db(transaction=True)
def test_at_once_with_a_colleague_either_comes_first(ticket, lisi, admin):
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=20, actor=actor(lisi))
    outcome = all_at_once(
        [
            lambda: ticket_undo(ticket_id=ticket.pk, sequence=2, actor=actor(lisi)),
            lambda: actions.ticket_set_progress(
                ticket_id=ticket.pk, percent=60, actor=actor(admin)
            ),
        ],
        foreseen=AppError,
    )
    assert outcome == []
    assert held(ticket)["progress"] == 60
