"""Nobody reacts: the ticket goes on, and at last the supervisors learn of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from messaging.models import Message
from tests.factories import (
    AdminFactory,
    AgentFactory,
    CustomerFactory,
    TicketFactory,
    UserFactory,
    actor,
)
from tickets import actions
from tickets.dispatch import waiting
from tickets.dispatch.waiting import move_unreacted
from tickets.models import AgentProfile, Ticket
from tickets.presence.actions import presence_set

Report = Callable[..., Ticket]


def told(recipient: str, part: str) -> list[str]:
    messages = Message.objects.filter(channel="WORK_WECHAT", recipient=recipient)
    texts = [message.payload["markdown"]["content"] for message in messages.order_by("id")]
    return [text for text in texts if part in text]


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("assignee").get(pk=ticket.pk)


def test_after_the_deadline_the_ticket_goes_to_the_next(
    report: Report, later: Any, run_outbox: Any
):
    first = AgentFactory(user__name="李四", user__username="lisi")
    ticket = report()
    second = AgentFactory(user__name="王五", user__username="wangwu")
    later(minutes=29)
    assert move_unreacted() == 0
    later(minutes=1)
    assert move_unreacted() == 1
    run_outbox()
    ticket = fresh(ticket)
    assert ticket.assignee == second.user
    assert ticket.reaction_due_at == timezone.now() + timedelta(minutes=30)
    decision = ticket.dispatches.order_by("-id")[0]
    assert (decision.trigger, decision.taken_from) == ("unreacted", first.user)
    assert decision.reason == "李四在规定时间内未响应；在办 0/5"
    assert [c["reason"] for c in decision.candidates] == ["已错过本工单", "在办 0/5"]
    event = ticket.events.filter(kind="assigned").order_by("-sequence")[0]
    assert event.content == "自动改派：李四在规定时间内未响应；在办 0/5"
    assert len(told("wangwu", f"工单 #{ticket.pk} 分配给您")) == 1
    assert len(told("lisi", f"工单 #{ticket.pk} 已转给王五")) == 1


def test_a_ticket_never_comes_back_to_who_missed_it(report: Report, later: Any):
    agents = AgentFactory.create_batch(3)
    ticket = report()
    had = [ticket.assignee_id]
    for _ in range(2):
        later(minutes=31)
        move_unreacted()
        had.append(fresh(ticket).assignee_id)
    assert sorted(had) == sorted(agent.user_id for agent in agents)  # type: ignore[type-var]
    later(minutes=31)
    move_unreacted()
    ticket = fresh(ticket)
    assert ticket.assignee_id == had[-1], "nobody is left: it stays"
    assert ticket.reaction_due_at is None


@pytest.mark.parametrize(
    "act",
    [
        lambda ticket, who: actions.ticket_reply(ticket_id=ticket.pk, content="看一下", actor=who),
        lambda ticket, who: actions.ticket_transition(
            ticket_id=ticket.pk, status="processing", actor=who
        ),
        lambda ticket, who: actions.ticket_set_progress(ticket_id=ticket.pk, percent=20, actor=who),
        lambda ticket, who: actions.ticket_wait(ticket_id=ticket.pk, actor=who),
    ],
    ids=["reply", "processing", "progress", "waiting for the customer"],
)
def test_any_act_of_a_colleague_is_a_sign_of_life(report: Report, later: Any, act: Any):
    agent = AgentFactory()
    AgentFactory()
    ticket = report()
    act(ticket, actor(agent.user))
    later(minutes=120)
    assert move_unreacted() == 0
    assert fresh(ticket).assignee == agent.user


def test_the_deadline_counts_working_time(report: Report, clock: Any):
    friday = datetime(2026, 11, 27, 17, 45, tzinfo=timezone.get_default_timezone())
    clock.move_to(friday)
    AgentFactory()
    due = report().reaction_due_at
    assert due is not None
    assert timezone.localtime(due).strftime("%a %H:%M") == "Mon 09:15"


def test_the_deadline_counts_the_assignees_own_hours(report: Report):
    hours = {"thu": [["09:00", "10:10"], ["20:00", "22:00"]]}
    AgentFactory(working_hours=hours)
    due = report().reaction_due_at
    assert due is not None
    assert timezone.localtime(due).strftime("%d %H:%M") == "26 20:20"


def test_after_the_last_move_it_stays_and_the_supervisor_learns_it_once(
    report: Report, later: Any, rule: Any, run_outbox: Any
):
    rule(max_moves=1)
    boss = UserFactory(username="boss", name="主管")
    AgentFactory.create_batch(4, supervisor=boss)
    ticket = report()
    for _ in range(6):
        later(minutes=31)
        move_unreacted()
        run_outbox()
    ticket = fresh(ticket)
    assert (ticket.status, ticket.reaction_due_at) == ("assigned", None)
    decisions = ticket.dispatches.order_by("id")
    assert [d.trigger for d in decisions] == ["created", "unreacted", "unreacted"]
    name = ticket.assigned_to_name
    reason = f"{name}在规定时间内未响应；已自动改派 1 次，不再改派；保留原负责人，已上报主管"
    assert decisions[2].reason == reason
    assert ticket.events.get(kind="dispatched").content == reason
    messages = told("boss", "无人响应")
    assert len(messages) == 1
    assert f"改派请回复：#{ticket.pk} 分配给@某人" in messages[0]


def test_with_nobody_else_it_is_reported_to_the_administrators(report: Report, later: Any):
    AdminFactory(username="admin", wecom_user_id="admin")
    agent = AgentFactory()
    ticket = report()
    later(minutes=31)
    assert move_unreacted() == 0
    assert fresh(ticket).assignee == agent.user
    assert len(told("admin", f"工单 #{ticket.pk} 无人响应")) == 1


def test_a_persons_assignment_is_left_alone(report: Report, later: Any, run_outbox: Any):
    boss, agent = AdminFactory(), UserFactory()
    ticket = report()
    AgentFactory()
    actions.ticket_assign(ticket_id=ticket.pk, assignee=agent, actor=actor(boss))
    run_outbox()
    later(hours=5)
    assert move_unreacted() == 0
    assert fresh(ticket).assignee == agent


def test_a_person_may_give_it_to_whoever_it_is(report: Report, run_outbox: Any):
    AgentFactory()
    full = AgentFactory(max_open_tickets=0, online=False)
    ticket = report()
    actions.ticket_assign(ticket_id=ticket.pk, assignee=full.user, actor=actor(AdminFactory()))
    run_outbox()
    ticket = fresh(ticket)
    assert (ticket.assignee, ticket.reaction_due_at) == (full.user, None)


def test_who_has_it_is_confirmed_by_a_person_and_keeps_it(report: Report, later: Any):
    agent = AgentFactory()
    AgentFactory()
    ticket = report()
    actions.ticket_assign(ticket_id=ticket.pk, assignee=agent.user, actor=actor(AdminFactory()))
    later(hours=2)
    assert move_unreacted() == 0
    assert (fresh(ticket).assignee, fresh(ticket).version) == (agent.user, ticket.version)


@pytest.fixture
def manual_deadline(rule: Any) -> None:
    rule(reaction_minutes_manual=60)


@pytest.mark.usefixtures("manual_deadline")
def test_a_persons_assignment_has_a_deadline_where_that_is_set(
    report: Report, later: Any, run_outbox: Any
):
    ticket = report()
    other: AgentProfile = AgentFactory(online=False)
    agent = UserFactory()
    actions.ticket_assign(ticket_id=ticket.pk, assignee=agent, actor=actor(AdminFactory()))
    run_outbox()
    assert fresh(ticket).reaction_due_at == timezone.now() + timedelta(minutes=60)
    later(minutes=61)
    presence_set(user=other.user, status="online", holds_for=timedelta(hours=1))
    assert move_unreacted() == 1
    assert fresh(ticket).assignee == other.user


@pytest.mark.usefixtures("manual_deadline")
def test_who_takes_a_ticket_themselves_has_no_deadline(report: Report, run_outbox: Any):
    ticket, agent = report(), UserFactory()
    actions.ticket_assign(ticket_id=ticket.pk, assignee=agent, actor=actor(AdminFactory()))
    actions.ticket_reply(ticket_id=ticket.pk, content="已经在看", actor=actor(agent))
    run_outbox()
    assert fresh(ticket).reaction_due_at is None, "they have reacted before it was set"
    boss = AdminFactory()
    actions.ticket_assign(ticket_id=ticket.pk, assignee=boss, actor=actor(boss))
    run_outbox()
    assert fresh(ticket).reaction_due_at is None


def test_reopened_what_was_missed_before_is_forgotten(report: Report, later: Any, run_outbox: Any):
    boss = actor(AdminFactory())
    first = AgentFactory()
    ticket = report()
    second = AgentFactory()
    later(minutes=31)
    move_unreacted()
    actions.ticket_transition(ticket_id=ticket.pk, status="cancelled", actor=boss)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    presence_set(user=second.user, status="offline", holds_for=None)
    actions.ticket_reopen(ticket_id=ticket.pk, actor=boss)
    run_outbox()
    assert fresh(ticket).assignee == first.user


@pytest.mark.services_only
@pytest.mark.usefixtures("clock")
def test_the_scan_reads_its_index():
    customer, now = CustomerFactory(), timezone.now()
    Ticket.objects.bulk_create(
        TicketFactory.build(
            customer=customer,
            reaction_due_at=now + timedelta(minutes=number) if number % 3 == 0 else None,
        )
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
    plan = Ticket.objects.filter(reaction_due_at__lte=now).order_by("reaction_due_at").explain()
    assert "ticket_by_reaction" in plan


def test_switched_off_nothing_moves(report: Report, later: Any, rule: Any):
    AgentFactory.create_batch(2)
    ticket = report()
    rule(enabled=False)
    later(minutes=60)
    assert move_unreacted() == 0
    assert fresh(ticket).assignee == ticket.assignee


def test_without_reaction_minutes_nobody_loses_a_ticket(report: Report, rule: Any):
    rule(reaction_minutes=0)
    AgentFactory()
    assert report().reaction_due_at is None


def test_a_ticket_that_cannot_be_moved_holds_up_no_other(
    report: Report, later: Any, monkeypatch: Any
):
    AgentFactory()
    stuck = report()
    AgentFactory()
    later(minutes=1)
    second = report()
    had = second.assignee_id
    decide = waiting.ticket_dispatch

    def failing(*, ticket_id: int, **more: Any) -> Any:
        if ticket_id == stuck.pk:
            raise RuntimeError("broken")
        return decide(ticket_id=ticket_id, **more)

    monkeypatch.setattr(waiting, "ticket_dispatch", failing)
    later(minutes=31)
    assert move_unreacted() == 1
    assert fresh(second).assignee_id != had
