"""Who hears it: groups, assignees, supervisors; one by one or as a digest."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from config.runtime import store
from customers.actors import system_actor
from messaging.models import Message
from tests.factories import AdminFactory, RobotFactory, TicketFactory, UserFactory
from tickets.models import AgentProfile, TicketReminder
from tickets.reminders.actions import RunResult, reminders_run
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db


def run():
    return reminders_run(actor=system_actor(), by_hand=True)


def chase(times):
    """That many reminders, an hour apart; the last one's run."""
    start = timezone.now()
    for hour in range(times):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            result = run()
    return result


@pytest.fixture
def boss(lisi):
    boss = UserFactory(username="boss", name="主管")
    AgentProfile.objects.create(user=lisi, supervisor=boss)
    return boss


def test_the_third_reminder_escalates_and_tells_the_supervisor(boss, lisi, robot, overdue, said):
    ticket = overdue(assignee=lisi, status=TicketStatus.PROCESSING)
    chase(2)
    assert said("WORK_WECHAT") == []
    ticket.refresh_from_db()
    assert ticket.status == "processing"
    run_after = timezone.now() + timedelta(hours=2)
    with time_machine.travel(run_after, tick=False):
        run()
    ticket.refresh_from_db()
    assert ticket.status == "escalated"
    kinds = list(ticket.events.order_by("sequence").values_list("kind", "entry"))
    assert kinds[-2:] == [("reminded", "system"), ("status", "system")]
    assert "当前状态：escalated" in said()[-1]
    assert "🔔 催促次数：第 3 次（已上报主管）" in said()[-1]
    assert Message.objects.get(channel="WORK_WECHAT").recipient == "boss"
    told = said("WORK_WECHAT")[0]
    assert told.startswith(f"🆘 【工单升级提醒】\n\n工单编号：#{ticket.pk}\n")
    assert "多次催促仍未处理，请您介入！" in told
    flags = TicketReminder.objects.order_by("number").values_list("is_escalation", flat=True)
    assert list(flags) == [False, False, True]


def test_an_escalated_ticket_is_not_escalated_again_but_told_of(boss, lisi, robot, overdue, said):
    ticket = overdue(assignee=lisi, status=TicketStatus.ESCALATED)
    chase(6)
    assert not ticket.events.filter(kind="status").exists()
    assert len(said("WORK_WECHAT")) == 2
    assert "第 6 次（已上报主管）" in said()[-1]


def test_nobody_claims_that_a_supervisor_was_told_who_is_not_there(lisi, robot, overdue, said):
    ticket = overdue(assignee=lisi, status=TicketStatus.PROCESSING)
    chase(3)
    ticket.refresh_from_db()
    assert ticket.status == "escalated"
    assert "已上报主管" not in said()[-1]


def test_escalation_can_be_switched_off(boss, lisi, robot, overdue, said):
    store.change(key="ticket.reminder_escalate_every", value=0, actor=None)
    ticket = overdue(assignee=lisi, status=TicketStatus.PROCESSING)
    chase(4)
    ticket.refresh_from_db()
    assert ticket.status == "processing"
    assert said("WORK_WECHAT") == []


def test_a_flood_becomes_a_digest_with_the_longest_overdue_first(lisi, wangwu, robot, overdue):
    made = [
        overdue(hours=n, assignee=(lisi, wangwu)[n % 2], status=TicketStatus.ASSIGNED)
        for n in range(1, 13)
    ]
    assert run() == RunResult(12, 12)
    message = Message.objects.get()
    content = message.payload["text"]["content"]
    lines = content.splitlines()
    assert lines[0] == "🚨 【工单超时汇总】12 个工单已超时"
    numbers = [int(line.split()[0][1:]) for line in lines if line.startswith("#")]
    assert numbers == [ticket.pk for ticket in reversed(made)]
    assert "（超时 12 小时 · 第 1 次 · 李四）" in lines[2]
    assert sorted(message.payload["text"]["mentioned_list"]) == ["lisi", "wangwu"]
    assert "@李四 @" in content
    for ticket in made:
        ticket.refresh_from_db()
        assert (ticket.reminder_count, ticket.events.count()) == (1, 1)
    assert set(TicketReminder.objects.values_list("message_id", flat=True)) == {message.message_id}


def test_a_long_digest_goes_in_parts_that_the_platform_takes(robot, overdue):
    for _ in range(80):
        overdue()
    run()
    messages = list(Message.objects.order_by("id"))
    texts = [message.payload["text"]["content"] for message in messages]
    assert 1 < len(texts) < 15
    assert all(len(text.encode()) <= 2048 for text in texts)
    assert f"（1/{len(texts)}）" in texts[0]
    named = [line for text in texts for line in text.splitlines() if line.startswith("#")]
    assert len(named) == 80
    assert all(message.payload["text"]["mentioned_list"] == ["@all"] for message in messages)


def test_groups_have_their_own_digests(robot, overdue):
    RobotFactory(settings={"group_id": "g2"}, is_default=False)
    for _ in range(11):
        overdue()
        overdue(group_chat_id="g2")
    run()
    assert sorted(Message.objects.values_list("recipient", flat=True)) == ["g2", "test_group_001"]


def test_without_a_robot_the_assignee_is_told_by_the_app(settings, lisi, overdue, said):
    settings.GROUP_WEBHOOK_URL = ""
    overdue(assignee=lisi, status=TicketStatus.ASSIGNED)
    assert run() == RunResult(1, 1)
    assert Message.objects.get().recipient == "lisi"
    assert said("WORK_WECHAT")[0].startswith("🚨 【工单超时提醒】")


def test_without_robot_and_assignee_the_administrators_are_told(settings, overdue):
    settings.GROUP_WEBHOOK_URL = ""
    AdminFactory(username="admin")
    overdue()
    assert run() == RunResult(1, 1)
    assert Message.objects.get().recipient == "admin"


def test_when_nobody_can_be_told_nothing_is_counted_as_sent(settings):
    settings.GROUP_WEBHOOK_URL = ""
    ticket = TicketFactory(deadline=timezone.now() - timedelta(hours=1))
    assert run() == RunResult(1, 0)
    ticket.refresh_from_db()
    assert (ticket.reminder_count, ticket.last_reminder_at) == (0, None)
    assert not TicketReminder.objects.exists()


def test_for_a_supervisor_whom_wecom_does_not_know_the_administrators_are_told(
    boss, lisi, robot, overdue
):
    AdminFactory(username="admin")
    boss.wecom_user_id = None
    boss.save()
    overdue(assignee=lisi, status=TicketStatus.PROCESSING)
    chase(3)
    assert Message.objects.get(channel="WORK_WECHAT").recipient == "admin"
