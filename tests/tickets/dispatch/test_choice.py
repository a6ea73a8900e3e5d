"""Who gets a new ticket, and why the others do not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from messaging.models import Message
from tests.factories import AgentFactory, CustomerFactory, TicketFactory, UserFactory
from tickets.models import DispatchDecision, PresenceStatus, Ticket
from tickets.presence.actions import presence_set

Report = Callable[..., Ticket]


def decision_of(ticket: Ticket) -> DispatchDecision:
    return ticket.dispatches.order_by("-id")[0]


def reasons(ticket: Ticket) -> dict[str, str]:
    return {row["name"]: row["reason"] for row in decision_of(ticket).candidates}


def test_without_profiles_a_new_ticket_waits_for_a_person(report: Report):
    UserFactory()
    ticket = report()
    assert (ticket.status, ticket.assignee) == ("pending", None)
    assert not ticket.dispatches.exists()


def test_a_profile_that_does_not_take_part_changes_nothing(report: Report):
    AgentFactory(accepts_tickets=False)
    assert report().assignee is None
    assert not DispatchDecision.objects.exists()


def test_a_new_ticket_goes_to_who_can_take_it_and_says_why(report: Report):
    AgentFactory(user__name="李四", skills={"CRM系统": 4})
    ticket = report(product="crm系统")
    assert (ticket.status, ticket.assigned_to_name) == ("assigned", "李四")
    event = ticket.events.get(kind="assigned")
    assert event.content == "自动派单：产品「crm系统」熟练度 4，在办 0/5"
    assert (event.actor_name, event.from_value, event.to_value) == ("系统", "", "李四")
    decision = decision_of(ticket)
    assert (decision.trigger, decision.assignee) == ("created", ticket.assignee)
    assert decision.candidates == [
        {
            "user_id": ticket.assignee_id,
            "name": "李四",
            "level": 4,
            "load": 0,
            "limit": 5,
            "is_owner": False,
            "is_chosen": True,
            "reason": "产品「crm系统」熟练度 4，在办 0/5",
        }
    ]


def test_the_assignee_is_told_by_the_app(report: Report):
    AgentFactory(user__username="lisi", user__name="李四")
    ticket = report(customer=CustomerFactory(name="张三"), product="CRM系统", priority="urgent")
    message = Message.objects.get(channel="WORK_WECHAT", recipient="lisi")
    text = message.payload["markdown"]["content"]
    assert text.splitlines() == [
        f"📌 **工单 #{ticket.pk} 分配给您**（系统）",
        "客户：张三（XX科技有限公司）",
        "问题：服务器无法连接",
        "产品：CRM系统",
        "优先级：紧急 | 期限：11-27 10:00",
        "> 自动派单：在办 0/5",
        "请在 11-26 10:30 前响应，否则将自动改派",
        f"处理后回复：#{ticket.pk} 已处理，或 #{ticket.pk} 已解决",
    ]


def test_everybody_who_is_passed_over_has_a_reason(report: Report):
    AgentFactory(user__name="没上线", online=False)
    busy = AgentFactory(user__name="在忙")
    presence_set(user=busy.user, status=PresenceStatus.BUSY, holds_for=timedelta(hours=1))
    AgentFactory(user__name="下午班", working_hours={"thu": [["13:00", "18:00"]]})
    full = AgentFactory(user__name="满了", max_open_tickets=2)
    TicketFactory.create_batch(2, assignee=full.user, status="processing")
    AgentFactory(user__name="不会", skills={"ERP": 5})
    ticket = report(product="CRM")
    assert ticket.status == "pending"
    assert reasons(ticket) == {
        "没上线": "不在线",
        "在忙": "忙碌",
        "下午班": "不在工作时间",
        "满了": "已达上限 2/2",
        "不会": "没有该产品技能",
    }
    assert decision_of(ticket).reason == (
        "暂时无人可派：1 人没有该产品技能，1 人不在线，1 人忙碌，1 人不在工作时间，1 人已达上限"
    )


def test_presence_and_working_hours_can_be_waived(report: Report, rule: Any, clock: Any):
    rule(needs_presence=False, needs_working_hours=False)
    clock.move_to(timezone.now() + timedelta(hours=12))
    AgentFactory(online=False)
    assert report().assignee is not None


def test_busy_gets_nothing_even_where_presence_is_waived(report: Report, rule: Any):
    rule(needs_presence=False)
    busy = AgentFactory(online=False)
    presence_set(user=busy.user, status=PresenceStatus.BUSY, holds_for=timedelta(hours=1))
    assert report().assignee is None


def test_the_customers_own_owner_comes_first(report: Report):
    AgentFactory(user__name="专家", skills={"CRM": 5})
    owner = AgentFactory(user__name="跟进人", skills={"CRM": 1})
    TicketFactory.create_batch(3, assignee=owner.user, status="processing")
    ticket = report(customer=CustomerFactory(follow_user=owner.user), product="CRM")
    assert ticket.assigned_to_name == "跟进人"
    assert decision_of(ticket).reason == "客户的跟进人，产品「CRM」熟练度 1，在办 3/5"


def test_an_owner_who_is_away_does_not_hold_the_ticket_up(report: Report):
    owner = AgentFactory(online=False)
    other = AgentFactory()
    ticket = report(customer=CustomerFactory(follow_user=owner.user))
    assert ticket.assignee == other.user


def test_skill_comes_before_load_and_a_generalist_after_both(report: Report):
    AgentFactory(user__name="通才")
    AgentFactory(user__name="略懂", skills={"CRM": 2})
    expert = AgentFactory(user__name="专家", skills={"CRM": 5, "ERP": 1})
    TicketFactory.create_batch(4, assignee=expert.user, status="processing")
    assert [report(product="CRM").assigned_to_name for _ in range(3)] == ["专家", "略懂", "略懂"]
    assert report(product="没人会的产品").assigned_to_name == "通才"


def test_of_equal_skill_the_lower_share_of_the_limit_counts(report: Report):
    small = AgentFactory(user__name="上限小", max_open_tickets=4)
    large = AgentFactory(user__name="上限大", max_open_tickets=20)
    TicketFactory.create_batch(2, assignee=small.user, status="processing")
    TicketFactory.create_batch(3, assignee=large.user, status="processing")
    assert report().assigned_to_name == "上限大"


def test_finished_tickets_are_no_load(report: Report):
    agent = AgentFactory(max_open_tickets=1)
    now = timezone.now()
    TicketFactory(assignee=agent.user, status="resolved", resolved_at=now)
    TicketFactory(assignee=agent.user, status="cancelled")
    assert report().assignee == agent.user


def test_of_equal_load_who_has_had_nothing_for_longest_is_next(report: Report, later: Any):
    first, second = AgentFactory(), AgentFactory()
    taken = []
    for _ in range(4):
        ticket = report()
        taken.append(ticket.assignee)
        Ticket.objects.filter(pk=ticket.pk).update(status="cancelled")
        later(minutes=1)
    assert taken == [first.user, second.user, first.user, second.user]


def test_a_ticket_without_a_product_goes_to_anybody(report: Report):
    agent = AgentFactory(skills={"ERP": 3})
    ticket = report()
    assert ticket.assignee == agent.user
    assert decision_of(ticket).candidates[0]["level"] is None


@pytest.mark.parametrize(
    "gone",
    [{"is_active": False}, {"resigned_at": timezone.now()}, {"role": "customer"}],
    ids=["switched off", "resigned", "no longer staff"],
)
def test_who_has_left_is_no_candidate(report: Report, gone: dict[str, Any]):
    agent = AgentFactory()
    type(agent.user).objects.filter(pk=agent.user.pk).update(**gone)
    ticket = report()
    assert ticket.assignee is None
    assert not ticket.dispatches.exists()


def test_switched_off_dispatch_does_nothing_by_itself(report: Report, rule: Any):
    rule(enabled=False)
    AgentFactory()
    assert report().status == "pending"
    assert not DispatchDecision.objects.exists()
