"""What goes on over several messages: choices, a ticket asked together, taking back."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from customers.actors import Entry
from tests.at_once import all_at_once
from tests.factories import (
    CustomerFactory,
    ProjectFactory,
    RobotFactory,
    TicketFactory,
    UserFactory,
    actor,
)
from tickets import actions
from tickets.intake.actions import intakes_forget_expired
from tickets.models import Ticket, TicketDraft, TicketEvent
from wechat.commands import conversation, records
from wechat.commands.handlers import run_command
from wechat.models import CommandRecord, PendingQuestion

pytestmark = pytest.mark.django_db

GROUP = "test_group_001"
CREATE = "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接"


@pytest.fixture
def say(lisi):
    def say(text, user=lisi, quoted="", group=GROUP, entry=Entry.WECOM_GROUP):
        who = actor(user, entry, group)
        return run_command(text, actor=who, bot_name="助手", quoted=quoted)

    return say


@pytest.fixture
def ticket(say):
    return Ticket.objects.get(pk=say(CREATE).ticket_id)


@pytest.fixture
def two_of_a_name(lisi):
    return [
        CustomerFactory(name="张三", phone="+8613800138000", follow_user=lisi, company="甲公司"),
        CustomerFactory(name="张三", phone="+8613900139000", follow_user=lisi, company="乙公司"),
    ]


# --- Choosing by number ---------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["2", "２", "第2个", "@助手 2", "第二个。"])
def test_one_of_two_customers_is_chosen_by_number(say, two_of_a_name, answer):
    assert "回复数字即可选择" in say("/创建工单 @客户张三 产品:云 问题:坏了，紧急").text
    result = say(answer)
    ticket = Ticket.objects.get()
    assert result.text.startswith(f"✅ 工单 #{ticket.pk} 创建成功！")
    assert (ticket.customer, ticket.product, ticket.priority) == (two_of_a_name[1], "云", "urgent")
    assert not PendingQuestion.objects.exists()


def test_a_number_out_of_range_says_the_range_and_the_question_stays(say, two_of_a_name):
    say("/创建工单 @客户张三 问题:坏了")
    assert "1 到 2" in say("3").text
    assert "1 到 2" in say("0").text
    assert say("1").handled


def test_it_can_be_dropped(say, two_of_a_name):
    say("/创建工单 @客户张三 问题:坏了")
    assert say("取消").text == "已取消，没有做任何改动"
    assert not say("2").handled
    assert not Ticket.objects.exists()


def test_anything_else_is_a_new_command_and_the_question_goes(say, two_of_a_name):
    say("/创建工单 @客户张三 问题:坏了")
    assert say("/帮助").handled
    assert not say("2").handled


def test_only_the_asker_answers_and_only_there(say, two_of_a_name, wangwu):
    say("/创建工单 @客户张三 问题:坏了")
    assert not say("2", user=wangwu).handled
    assert not say("2", group="another").handled
    assert not say("2", group="", entry=Entry.WECOM_APP).handled
    assert say("2").handled


def test_after_ten_minutes_a_number_chooses_nothing(say, two_of_a_name):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        say("/创建工单 @客户张三 问题:坏了")
        clock.shift(timedelta(minutes=10))
        assert not say("2").handled
        say("/创建工单 @客户张三 问题:坏了")
        clock.shift(timedelta(minutes=10))
        assert conversation.forget_expired() == 1


def test_one_of_two_colleagues_is_chosen_by_number(say, ticket):
    _, second = (UserFactory(username=f"ww{n}", name="王五") for n in (1, 2))
    text = say(f"#{ticket.pk} 分配给@王五 他更熟").text
    assert "1. 王五（账号 ww1）" in text
    assert f"✅ 工单 #{ticket.pk} 已分配给 @王五" in say("2").text
    ticket.refresh_from_db()
    assert ticket.assignee == second
    assert TicketEvent.objects.latest("id").content == "他更熟"


def test_one_of_two_customers_of_a_new_project(say, two_of_a_name):
    say("#记录客户 张三 需求:备份 金额:1.2万")
    result = say("1")
    assert result.handled
    project = two_of_a_name[0].projects.get()
    assert str(project.amount) == "12000.00"


def test_one_of_two_projects_is_chosen_by_number(say, lisi, wangwu):
    zhang = CustomerFactory(name="张三", follow_user=lisi)
    projects = ProjectFactory.create_batch(2, customer=zhang)
    say("#转接工程师 张三 @王五 现场")
    assert say("2").handled
    projects[0].refresh_from_db()
    assert projects[0].engineer == wangwu


def test_one_of_two_tickets_is_chosen_by_number(say, lisi):
    zhang = CustomerFactory(name="张三", follow_user=lisi)
    first, _ = TicketFactory.create_batch(2, customer=zhang)
    say("#问题已解决 张三 重启了")
    assert f"#{first.pk} 状态已更新为：已解决" in say("2").text


# --- A ticket asked together ----------------------------------------------------------------------


def test_only_the_command_then_one_answer_after_another(say):
    RobotFactory()
    first = say("@助手 /创建工单")
    assert not first.handled
    assert first.text.startswith("🤔 缺少客户和问题。哪位客户的问题？")
    assert "示例：/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接" in first.text
    assert "手机号是多少" in say("@助手 张三").text
    assert "遇到了什么问题" in say("13800138000").text
    assert "哪个产品" in say("服务器无法连接").text
    result = say("跳过")
    ticket = Ticket.objects.get()
    assert result.text == f"✅ 工单 #{ticket.pk} 创建成功！已推送到群聊。"
    assert result.ticket_id == ticket.pk
    assert (ticket.customer.name, ticket.group_chat_id) == ("张三", GROUP)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/创建工单 @客户张三", "缺少问题。客户「张三」的手机号是多少"),
        ("/创建工单 @客户张三 手机:13800138000", "缺少问题。遇到了什么问题"),
        ("/创建工单 问题:连不上", "缺少客户。哪位客户"),
    ],
)
def test_what_was_said_is_not_asked_again(say, text, asked):
    assert asked in say(text).text


def test_words_of_the_first_message_count(say):
    say("/创建工单 紧急 产品:云服务器 问题:连不上")
    say("张三 13800138000")
    ticket = Ticket.objects.get()
    assert (ticket.priority, ticket.product, ticket.description) == (
        "urgent", "云服务器", "连不上",
    )  # fmt: skip


def test_a_bad_number_begins_nothing(say):
    assert "不是有效的电话号码" in say("/创建工单 @张三 手机:123").text
    assert not TicketDraft.objects.exists()


def test_a_colleagues_customer_is_asked_for_the_number(say, wangwu):
    CustomerFactory(name="张三", phone="+8613800138000", follow_user=wangwu)
    text = say("/创建工单 @客户张三 问题:坏了").text
    assert "已由同事登记" in text
    say("13800138000")
    assert say("跳过").handled


def test_a_whole_command_ends_it_and_says_so(say, ticket):
    say("/创建工单")
    text = say(f"#{ticket.pk} 已解决").text
    assert "状态已更新为：已解决" in text
    assert text.endswith("（没有填完的新工单已放弃）")
    assert not say("李四").handled
    assert not TicketDraft.objects.exists()


def test_help_does_not_end_it(say):
    say("/创建工单 @张三 手机:13800138000")
    assert "能听懂的话" in say("/帮助").text
    assert "哪个产品" in say("坏了").text


@pytest.mark.parametrize(
    "answer",
    ["查询工单页面打不开", "#5 机房断网了", "创建工单失败", "已解决的又坏了", "进度 60% 就卡住"],
)
def test_an_answer_that_begins_like_a_command_is_an_answer(say, answer):
    say("/创建工单 @张三 手机:13800138000")
    assert "哪个产品" in say(answer).text
    say("跳过")
    assert Ticket.objects.get().description == answer


def test_it_can_be_left(say):
    say("/创建工单")
    assert say("取消").text.endswith("已取消，没有创建工单")
    assert "没有听懂" in say("张三").text


def test_others_speak_meanwhile(say, wangwu, ticket):
    say("/创建工单")
    assert say(f"#{ticket.pk} 已处理", user=wangwu).handled
    assert not say("张三", user=wangwu).handled
    assert "手机号是多少" in say("赵六").text


def test_what_nobody_finished_is_forgotten(say):
    say("/创建工单 @张三")
    assert intakes_forget_expired(timezone.now() + timedelta(minutes=31)) == 1


# --- Taking back ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("#{id} 已解决", "已解决 → 待分配 · 进度 100% → 0%"),
        ("#{id} 分配给@李四", "负责人 李四 → 待分配 · 已分配 → 待分配"),
        ("#{id} 优先级 紧急", "优先级 紧急 → 普通"),
        ("#{id} 进度 60%", "处理中 → 待分配 · 进度 60% → 0%"),
        ("#{id} 等待客户", "结束等待客户"),
        ("#{id} 延期 2天", "期限"),
    ],
)
def test_the_last_command_is_taken_back(say, ticket, command, told):
    fields = ("status", "progress", "priority", "assignee_id", "deadline", "waiting_since")
    before = Ticket.objects.values(*fields).get()
    assert say(command.format(id=ticket.pk)).handled
    result = say("撤销")
    assert result.handled
    assert f"↩️ 工单 #{ticket.pk} 已撤销" in result.text
    assert told in result.text
    assert Ticket.objects.values(*fields).get() == before


def test_a_new_ticket_is_cancelled_and_its_card_cannot_be_unsent(say):
    RobotFactory()
    say(CREATE)
    text = say("/撤销").text
    assert "待分配 → 已取消" in text
    assert "无法收回" in text
    assert Ticket.objects.get().status == "cancelled"


def test_twice_takes_nothing_back_twice(say, ticket):
    say(f"#{ticket.pk} 进度 20%")
    say(f"#{ticket.pk} 进度 60%")
    assert say("撤销").handled
    assert "没有可以撤销的操作" in say("撤销").text
    ticket.refresh_from_db()
    assert ticket.progress == 20


def test_all_tickets_of_the_command_go_together_or_none(say, lisi, admin):
    numbers = [say(CREATE).ticket_id for _ in range(2)]
    say(f"#{numbers[0]} 已解决；#{numbers[1]} 升级处理")
    actions.ticket_transition(ticket_id=numbers[1], status="processing", actor=actor(admin))
    text = say("撤销").text
    assert f"#{numbers[1]} 之后又有变更：管理员" in text
    assert "可以发：" in text
    assert list(Ticket.objects.order_by("id").values_list("status", flat=True)) == [
        "resolved", "processing",
    ]  # fmt: skip
    say(f"#{numbers[0]} 重开；#{numbers[1]} 升级处理")
    assert say("撤销").handled
    assert list(Ticket.objects.order_by("id").values_list("status", flat=True)) == [
        "resolved", "processing",
    ]  # fmt: skip


def test_only_within_five_minutes_and_only_ones_own(say, ticket, wangwu):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        say(f"#{ticket.pk} 已处理")
        assert "没有可以撤销的操作" in say("撤销", user=wangwu).text
        assert "没有可以撤销的操作" in say("撤销", group="another").text
        clock.shift(timedelta(minutes=5, seconds=1))
        assert "只能撤销 5 分钟内的命令" in say("撤销").text


def test_a_note_is_not_unsaid_and_nothing_older_goes_instead(say, ticket):
    say(f"#{ticket.pk} 已处理")
    say(f"#{ticket.pk} 备注 在路上")
    assert "文字记录" in say("撤销").text
    ticket.refresh_from_db()
    assert ticket.status == "processing"


def test_what_was_refused_is_no_command_to_take_back(say, ticket):
    say(f"#{ticket.pk} 已处理")
    say(f"#{ticket.pk} 关闭")
    assert say("撤销").handled
    ticket.refresh_from_db()
    assert ticket.status == "pending"


@pytest.mark.django_db(transaction=True)
def test_at_once_it_is_taken_back_once(say, ticket):
    say(f"#{ticket.pk} 已处理")
    answers = []
    assert all_at_once([lambda: answers.append(say("撤销").handled)] * 4) == []
    assert sorted(answers) == [False, False, False, True]
    assert TicketEvent.objects.filter(kind="undone").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_name_the_same_tickets_in_different_orders_do_not_block_each_other(say, wangwu):
    one, two = (say(CREATE).ticket_id for _ in range(2))
    acts = [
        lambda: say(f"#{one} 进度 10%；#{two} 进度 10%"),
        lambda: say(f"#{two} #{one} 进度 20%", user=wangwu),
    ]
    assert all_at_once(acts * 3) == []


def test_records_are_forgotten_after_a_week(say, ticket):
    assert records.forget_old() == 0
    assert records.forget_old(timezone.now() + timedelta(days=8)) == 1
    assert not CommandRecord.objects.exists()
