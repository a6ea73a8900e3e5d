"""Tickets that wait: why, for whom, and when it ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.actors import system_actor
from tests.factories import AdminFactory, AgentFactory, TicketFactory, actor
from tickets.actions import ticket_assign, ticket_reopen, ticket_transition
from tickets.dispatch import waiting
from tickets.dispatch.waiting import dispatch_waiting, explain_waiting
from tickets.models import AgentProfile, DispatchDecision, Ticket
from tickets.presence.actions import presence_set

Report = Callable[..., Ticket]


def online(agent: AgentProfile) -> None:
    presence_set(user=agent.user, status="online", holds_for=timedelta(hours=8))


def assignees() -> list[str]:
    tickets = Ticket.objects.order_by("pk").select_related("assignee")
    return [ticket.assigned_to_name for ticket in tickets]


def test_why_nobody_could_take_it_is_kept_once(report: Report, later: Any):
    AgentFactory(online=False)
    ticket = report()
    for _ in range(5):
        later(minutes=1)
        dispatch_waiting()
        explain_waiting()
    assert [d.reason for d in ticket.dispatches.all()] == ["暂时无人可派：1 人不在线"]


def test_a_new_reason_takes_the_place_of_the_old_one(report: Report, later: Any):
    agent = AgentFactory(online=False)
    ticket = report()
    presence_set(user=agent.user, status="busy", holds_for=timedelta(hours=1))
    later(minutes=1)
    assert explain_waiting() == 1
    decision = ticket.dispatches.get()
    assert decision.reason == "暂时无人可派：1 人忙碌"
    assert decision.created_at == timezone.now()


def test_whoever_comes_online_gets_what_waits(report: Report, run_outbox: Any):
    agent = AgentFactory(online=False)
    ticket = report()
    online(agent)
    run_outbox()
    ticket.refresh_from_db()
    assert ticket.assignee == agent.user
    triggers = list(ticket.dispatches.order_by("id").values_list("trigger", flat=True))
    assert triggers == ["created", "freed"]


def test_the_most_urgent_goes_first_and_of_those_the_oldest(report: Report, run_outbox: Any):
    agent = AgentFactory(online=False, max_open_tickets=3)
    for priority in ("normal", "urgent", "low", "urgent", "high"):
        report(priority=priority)
    online(agent)
    run_outbox()
    name = agent.user.display_name
    assert assignees() == ["", name, "", name, name]


def test_a_finished_ticket_makes_room_for_the_next(report: Report, run_outbox: Any):
    agent = AgentFactory(max_open_tickets=1)
    first, second = report(), report()
    assert second.assignee is None
    ticket_transition(ticket_id=first.pk, status="resolved", actor=actor(agent.user))
    run_outbox()
    second.refresh_from_db()
    assert second.assignee == agent.user


def test_a_ticket_taken_off_somebody_makes_room_too(report: Report, run_outbox: Any):
    agent, boss = AgentFactory(max_open_tickets=1), AdminFactory()
    first, second = report(), report()
    ticket_assign(ticket_id=first.pk, assignee=boss, actor=actor(boss))
    run_outbox()
    second.refresh_from_db()
    assert second.assignee == agent.user


def test_a_ticket_reopened_into_the_pool_is_dispatched_again(report: Report, run_outbox: Any):
    boss = AdminFactory()
    ticket = report()
    ticket_transition(ticket_id=ticket.pk, status="cancelled", actor=actor(boss))
    agent = AgentFactory()
    ticket_reopen(ticket_id=ticket.pk, actor=actor(boss))
    run_outbox()
    ticket.refresh_from_db()
    assert ticket.assignee == agent.user


def test_the_net_catches_what_has_no_event_such_as_the_morning(report: Report, later: Any):
    agent = AgentFactory(working_hours={"thu": [["10:30", "18:00"]]})
    ticket = report()
    assert ticket.assignee is None
    later(minutes=30)
    assert dispatch_waiting() == 1
    ticket.refresh_from_db()
    assert ticket.assignee == agent.user


def test_what_nobody_free_knows_does_not_stand_before_the_others(
    report: Report, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tickets.dispatch.waiting.DISPATCHED_AT_ONCE", 2)
    for _ in range(4):
        report(product="ERP", priority="urgent")
    ticket = report(product="CRM")
    agent = AgentFactory(skills={"CRM": 3})
    assert dispatch_waiting() == 1
    ticket.refresh_from_db()
    assert ticket.assignee == agent.user


def test_without_anybody_taking_part_the_net_writes_nothing(report: Report):
    report()
    assert (dispatch_waiting(), explain_waiting()) == (0, 0)
    assert not DispatchDecision.objects.exists()


@pytest.mark.usefixtures("clock", "settings_read_once")
def test_the_net_asks_little_however_many_wait(django_assert_max_num_queries: Any):
    AgentFactory.create_batch(5, online=False)
    AgentFactory(skills={"CRM": 1})
    TicketFactory.create_batch(60, product="ERP")
    explain_waiting()
    with django_assert_max_num_queries(16):
        dispatch_waiting()
        explain_waiting()
    AgentFactory.create_batch(5, online=False)
    with django_assert_max_num_queries(18):
        assert explain_waiting() == 60


def test_a_waiting_ticket_that_cannot_be_given_holds_up_no_other(report: Report, monkeypatch: Any):
    agent = AgentFactory(online=False)
    stuck, second = report(), report()
    decide = waiting.ticket_dispatch

    def failing(*, ticket_id: int, **more: Any) -> Any:
        if ticket_id == stuck.pk:
            raise RuntimeError("broken")
        return decide(ticket_id=ticket_id, **more)

    monkeypatch.setattr(waiting, "ticket_dispatch", failing)
    online(agent)
    assert dispatch_waiting() == 1
    second.refresh_from_db()
    assert second.assignee == agent.user


def test_what_was_escalated_while_nobody_was_there_still_goes_to_who_comes(report: Report):
    agent = AgentFactory(online=False)
    ticket = report()
    ticket_transition(ticket_id=ticket.pk, status="escalated", actor=system_actor())
    online(agent)
    assert dispatch_waiting() == 1
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status) == (agent.user, "escalated")
