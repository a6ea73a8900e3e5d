"""What a group hears of a ticket after its card."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from config.events.models import OutboxEntry
from config.runtime import store
from customers.actors import Entry, system_actor
from messaging.models import Message, MessageStatus
from tests.factories import CustomerFactory, RobotFactory, actor
from tickets import actions
from tickets.actions.trail import lock_ticket, record
from tickets.group.news import news_tell, purge_news
from tickets.models import EventKind, GroupNews, Ticket, TicketEvent
from tickets.reminders.actions import reminders_run
from wechat.commands.handlers import run_command

pytestmark = pytest.mark.django_db
GROUP = "test_group_001"


@pytest.fixture(autouse=True)
def robot(db, settings):
    settings.GROUP_WEBHOOK_URL = ""
    return RobotFactory()


@pytest.fixture
def ticket(lisi, run_outbox):
    made = actions.ticket_create(
        customer=CustomerFactory(follow_user=lisi),
        description="服务器无法连接",
        actor=actor(lisi, Entry.API),
    )
    told()
    return made


def told():
    """Hands all events over to the area's ear, and nothing else of the house."""
    entries = list(OutboxEntry.objects.filter(kind="event").order_by("id"))
    OutboxEntry.objects.all().delete()
    for entry in entries:
        if entry.name.startswith("ticket."):
            news_tell(entry.payload)
    return entries


def leave():
    """All messages have left."""
    Message.objects.update(status=MessageStatus.SENT)


def said():
    return [
        row["markdown"]["content"]
        for row in Message.objects.order_by("id").values_list("payload", flat=True)
    ][1:]


def test_an_assignment_is_followed_up_with_who_did_it_and_where(ticket, lisi, wangwu):
    actions.ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=actor(lisi, Entry.ADMIN))
    told()
    assert said() == [
        f"🔄 工单 #{ticket.pk} 待分配 → 已分配 · 负责人：王五 · 进度 0%（操作：李四，来自 后台）"
    ]
    message = Message.objects.order_by("id").last()
    assert message.recipient == GROUP
    assert message.status == MessageStatus.SCHEDULED


def test_what_follows_within_seconds_becomes_one_message(ticket, lisi, wangwu):
    by = actor(lisi, Entry.ADMIN)
    actions.ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=by)
    told()
    actions.ticket_set_progress(ticket_id=ticket.pk, percent=50, actor=by)
    told()
    actions.ticket_transition(
        ticket_id=ticket.pk, status="resolved", reason="网线松了", actor=actor(wangwu)
    )
    told()
    line, note = said()[0].splitlines()
    assert line == (
        f"🔄 工单 #{ticket.pk} 待分配 → 已解决 · 负责人：王五 · 进度 100%（操作：李四、王五，来自 接口）"
    )
    assert note == "> 网线松了"
    assert len(said()) == 1


def test_what_has_left_is_not_told_again(ticket, lisi, wangwu):
    actions.ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=actor(lisi))
    told()
    leave()
    actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=actor(wangwu))
    told()
    assert said()[1].startswith(f"🔄 工单 #{ticket.pk} 已分配 → 处理中 ·")


def test_an_event_that_comes_twice_or_late_is_told_once(ticket, lisi, wangwu):
    by = actor(lisi)
    actions.ticket_assign(ticket_id=ticket.pk, assignee=wangwu, actor=by)
    actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=by)
    first, second = OutboxEntry.objects.filter(kind="event").order_by("id")
    for envelope in (second.payload, first.payload, second.payload):
        news_tell(envelope)
        leave()
    assert len(said()) == 1
    assert "待分配 → 处理中" in said()[0]


def test_a_command_in_that_group_has_its_answer_and_no_second_message(ticket, lisi):
    speaker = actor(lisi, Entry.WECOM_GROUP, GROUP)
    run_command(f"#{ticket.pk} 已解决", actor=speaker, bot_name="助手")
    assert TicketEvent.objects.last().chat_id == GROUP
    told()
    assert said() == []


def test_a_command_in_another_group_is_news(ticket, lisi):
    speaker = actor(lisi, Entry.WECOM_GROUP, "another")
    run_command(f"#{ticket.pk} 已解决", actor=speaker, bot_name="助手")
    told()
    assert "待分配 → 已解决" in said()[0]


def test_the_word_of_a_json_caller_about_its_group_keeps_nobody_in_the_dark(ticket, lisi):
    claims = actor(lisi, Entry.API, GROUP)
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=claims)
    told()
    assert len(said()) == 1


def test_news_starts_where_the_group_stands(ticket, lisi):
    """What a command did is known there: only what came after is told."""
    run_command(f"#{ticket.pk} 处理中", actor=actor(lisi, Entry.WECOM_GROUP, GROUP), bot_name="")
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=actor(lisi))
    told()
    assert f"#{ticket.pk} 处理中 → 已解决" in said()[0]


def test_priority_deadline_waiting_and_reopening_are_told(ticket, lisi):
    by = actor(lisi, Entry.ADMIN)
    deadline = timezone.now() + timedelta(days=3)
    actions.ticket_edit(
        ticket_id=ticket.pk, changes={"priority": "urgent", "deadline": deadline}, actor=by
    )
    told()
    assert "优先级 普通 → 紧急" in said()[0]
    assert f"期限 {timezone.localtime(deadline):%m-%d %H:%M}" in said()[0]
    leave()
    actions.ticket_wait(ticket_id=ticket.pk, reason="等发票", actor=by)
    told()
    assert "等待客户回复" in said()[1]
    assert said()[1].endswith("\n> 等发票")
    leave()
    actions.ticket_resume(ticket_id=ticket.pk, actor=by)
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=by)
    told()
    leave()
    actions.ticket_reopen(ticket_id=ticket.pk, actor=by)
    told()
    assert f"#{ticket.pk} 已解决 → 待分配 · 负责人：待分配" in said()[3]


def test_words_reminders_and_titles_are_no_news(ticket, lisi):
    actions.ticket_reply(ticket_id=ticket.pk, content="好的", actor=actor(lisi))
    actions.ticket_edit(ticket_id=ticket.pk, changes={"title": "新标题"}, actor=actor(lisi))
    told()
    assert said() == []


def test_an_escalation_by_reminder_is_told_by_the_reminder(ticket):
    late = timezone.now() - timedelta(hours=1)
    Ticket.objects.filter(pk=ticket.pk).update(deadline=late, reminder_count=2)
    reminders_run(actor=system_actor(), by_hand=True)
    assert TicketEvent.objects.order_by("sequence").last().to_value == "escalated"
    told()
    assert not GroupNews.objects.exists()


def test_peoples_words_are_words(ticket, lisi):
    lisi.name = "#7 <@all>"
    lisi.save()
    actions.ticket_transition(
        ticket_id=ticket.pk, status="processing", reason="[点](http://x)" + "长" * 500,
        actor=actor(lisi),
    )  # fmt: skip
    told()
    line, note = said()[0].splitlines()
    assert "操作：＃7 ＜@all＞" in line
    assert note.startswith("> ［点］(http://x)长")
    assert len(note) <= 202


def test_more_than_a_groups_share_of_a_minute_is_one_message(lisi):
    store.change(key="ticket.group_news_per_minute", value=2, actor=None)
    store.forget_snapshot()
    customer = CustomerFactory(follow_user=lisi)
    made = [
        actions.ticket_create(customer=customer, description=f"第{n}个", actor=actor(lisi))
        for n in range(6)
    ]
    for ticket in made:
        actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=actor(lisi))
    told()
    news = Message.objects.order_by("id")[6:]
    assert [n.payload["markdown"]["content"].count("处理中") for n in news] == [1, 5]
    assert "🔄 【工单动态汇总】5 个工单有更新" in news[1].payload["markdown"]["content"]
    actions.ticket_transition(ticket_id=made[5].pk, status="resolved", actor=actor(lisi))
    told()
    last = Message.objects.order_by("id").last().payload["markdown"]["content"]
    assert last.count("\n") == 5
    assert f"\n#{made[5].pk} 待分配 → 已解决" in last
    leave()
    with time_machine.travel(timezone.now() + timedelta(seconds=10), tick=False):
        actions.ticket_transition(ticket_id=made[0].pk, status="resolved", actor=actor(lisi))
        told()
        waits = Message.objects.order_by("id").last().due_at - timezone.now()
    assert timedelta(seconds=40) < waits <= timedelta(seconds=60)


def test_news_can_be_switched_off(ticket, lisi):
    store.change(key="ticket.group_news", value={"enabled": False}, actor=None)
    store.forget_snapshot()
    actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=actor(lisi))
    told()
    assert said() == []


@pytest.mark.parametrize("how", ["card", "news", "reminder"])
def test_a_quotation_plus_resolved_closes_the_ticket(ticket, lisi, how):
    if how == "news":
        actions.ticket_transition(
            ticket_id=ticket.pk, status="processing", reason="和 #99 一样", actor=actor(lisi)
        )
        told()
    if how == "reminder":
        Ticket.objects.filter(pk=ticket.pk).update(deadline=timezone.now() - timedelta(hours=1))
        reminders_run(actor=system_actor(), by_hand=True)
    payload = Message.objects.order_by("id").last().payload
    answer = run_command(
        "已解决",
        actor=actor(lisi, Entry.WECOM_GROUP, GROUP),
        bot_name="助手",
        quoted=payload[payload["msgtype"]]["content"],
    )
    assert answer.text.startswith(f"✅ 工单 #{ticket.pk} 状态已更新为：已解决")


@pytest.mark.parametrize("kind", ["news", "reminders"])
def test_under_a_digest_the_number_is_asked_for(lisi, kind):
    customer = CustomerFactory(follow_user=lisi)
    store.change(key="ticket.group_news_per_minute", value=1, actor=None)
    store.change(key="ticket.reminder_digest_above", value=1, actor=None)
    store.forget_snapshot()
    for number in range(3):
        ticket = actions.ticket_create(customer=customer, description="坏", actor=actor(lisi))
        actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=actor(lisi))
        if number == 0:
            told()
            leave()
    if kind == "news":
        told()
    else:
        Ticket.objects.update(deadline=timezone.now() - timedelta(hours=1))
        reminders_run(actor=system_actor(), by_hand=True)
    payload = Message.objects.order_by("id").last().payload
    answer = run_command(
        "已解决",
        actor=actor(lisi, Entry.WECOM_GROUP, GROUP),
        bot_name="助手",
        quoted=payload[payload["msgtype"]]["content"],
    )
    assert not answer.handled
    assert "请写明编号" in answer.text
    assert not Ticket.objects.filter(status="resolved").exists()


def test_the_cards_number_stays_the_tickets(ticket, lisi):
    first = ticket.group_message_id
    actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=actor(lisi))
    told()
    ticket.refresh_from_db()
    assert ticket.group_message_id == first == Message.objects.order_by("id").first().message_id


def test_old_rows_go(ticket, lisi):
    actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=actor(lisi))
    told()
    assert purge_news() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert purge_news() == 1


def test_the_subscriber_hears_every_change_of_tickets(run_outbox, ticket, lisi, settings):
    actions.ticket_transition(ticket_id=ticket.pk, status="processing", actor=actor(lisi))
    Message.objects.all().update(status=MessageStatus.CANCELLED)
    run_outbox()
    assert GroupNews.objects.get().ticket_id == ticket.pk


def test_what_the_system_closes_for_its_age_is_no_news(ticket, lisi):
    by = actor(lisi)
    actions.ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=by)
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=by)
    told()
    leave()
    before = len(said())
    actions.ticket_transition(
        ticket_id=ticket.pk, status="closed", reason="自动关闭", actor=system_actor()
    )
    told()
    assert len(said()) == before
    actions.ticket_reopen(ticket_id=ticket.pk, actor=by)
    told()
    assert "已关闭 → 处理中" in said()[-1]


def test_a_persons_closing_is_news(ticket, lisi):
    by = actor(lisi, Entry.ADMIN)
    actions.ticket_assign(ticket_id=ticket.pk, assignee=lisi, actor=by)
    actions.ticket_transition(ticket_id=ticket.pk, status="resolved", actor=by)
    told()
    leave()
    actions.ticket_transition(ticket_id=ticket.pk, status="closed", actor=by)
    told()
    assert "已解决 → 已关闭" in said()[-1]


def test_a_policy_brought_to_open_tickets_is_no_news(ticket, lisi):
    """There may be thousands; its ladder speaks when it is time."""
    said_before = len(said())
    with transaction.atomic():
        held = lock_ticket(ticket.pk, system_actor())
        held.deadline += timedelta(hours=5)
        record(held, system_actor(), EventKind.SLA, content="策略更新（版本 2）")
    told()
    assert len(said()) == said_before
