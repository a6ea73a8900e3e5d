"""What the desk's verbs do, and what is answered when they cannot."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actors import Entry
from tests.factories import CustomerFactory, RobotFactory, TicketFactory, actor
from tickets import actions
from tickets.models import AgentPresence, Ticket, TicketEvent
from wechat.commands.handlers import run_command
from wechat.commands.help import help_about, help_text
from wechat.commands.spec import Mark
from wechat.commands.vocabulary import SPECS

pytestmark = pytest.mark.django_db

GROUP = "test_group_001"
CREATE = "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接"


@pytest.fixture
def say(lisi):
    def say(text, user=lisi, quoted=""):
        who = actor(user, Entry.WECOM_GROUP, GROUP)
        return run_command(text, actor=who, bot_name="助手", quoted=quoted)

    return say


@pytest.fixture
def ticket(say):
    return Ticket.objects.get(pk=say(CREATE).ticket_id)


def test_a_deadline_at_the_end_of_all_dates_is_refused(say, ticket):
    assert say(f"#{ticket.pk} 期限 9999-12-31 23:59").text == "❌ 处理期限不能晚于十年之后"
    for _ in range(11):
        answer = say(f"#{ticket.pk} 延期 366天")
    assert answer.text == "❌ 处理期限不能晚于十年之后"


def test_waiting_and_going_on(say, ticket):
    text = say(f"#{ticket.pk} 等待客户 提供日志").text
    assert text.splitlines()[1] == "　开始等待客户"
    ticket.refresh_from_db()
    assert ticket.waiting_since is not None
    assert "已经在等待客户" in say(f"#{ticket.pk} 等待客户").text
    assert say(f"#{ticket.pk} 继续处理").text.startswith(f"✅ 工单 #{ticket.pk} 继续处理")
    assert "没有在等待客户" in say(f"#{ticket.pk} 继续处理").text


def test_a_note_is_internal_and_a_reply_the_customers(say, ticket):
    say(f"#{ticket.pk} 备注 报价别告诉客户")
    assert say(f"#{ticket.pk} 回复客户 您好，正在处理").text == f"✅ 工单 #{ticket.pk} 已回复客户"
    written = TicketEvent.objects.filter(kind="reply").order_by("id")
    assert [(event.visibility, event.content) for event in written] == [
        ("internal", "报价别告诉客户"),
        ("public", "您好，正在处理"),
    ]


def test_priority_old_and_new(say, ticket):
    assert say(f"#{ticket.pk} 优先级 紧急").text.splitlines()[:2] == [
        f"✅ 工单 #{ticket.pk} 优先级已更新为：紧急",
        "　优先级 普通 → 紧急",
    ]
    assert "已经是紧急" in say(f"#{ticket.pk} 优先级 紧急").text


def test_the_deadline_is_set_and_put_off(say, ticket):
    moment = timezone.localtime(timezone.now() + timedelta(days=3)).replace(hour=18, minute=0)
    say(f"#{ticket.pk} 期限 {moment:%Y-%m-%d %H:%M}")
    ticket.refresh_from_db()
    assert timezone.localtime(ticket.deadline).strftime("%d %H:%M") == f"{moment:%d} 18:00"
    text = say(f"#{ticket.pk} 延期 4小时").text
    later = moment + timedelta(hours=4)
    assert f"期限已更新为：{later:%Y-%m-%d %H:%M}" in text
    assert f"期限 {moment:%m-%d %H:%M} → {later:%m-%d %H:%M}" in text


def test_what_is_overdue_is_put_off_from_now(say, ticket):
    Ticket.objects.update(deadline=timezone.now() - timedelta(days=2))
    say(f"#{ticket.pk} 延期 4小时")
    ticket.refresh_from_db()
    assert timedelta(hours=3) < ticket.deadline - timezone.now() <= timedelta(hours=4)


@pytest.mark.parametrize(
    ("before", "command", "told"),
    [
        ([], "关闭", ["当前状态为待分配", "「#{id} 已解决」「#{id} 已处理」「#{id} 升级处理」"]),
        (["已解决"], "升级处理", ["当前状态为已解决", "「#{id} 关闭」「#{id} 重开」"]),
        (["已解决", "关闭"], "已解决", ["当前状态为已关闭", "「#{id} 重开」"]),
        (["取消"], "进度 60%", ["当前状态为已取消", "「#{id} 重开」"]),
        (["取消"], "延期 2天", ["当前状态为已取消", "「#{id} 重开」"]),
        (["取消"], "等待客户", ["当前状态为已取消", "「#{id} 重开」"]),
    ],
)
def test_a_refusal_proposes_what_works(say, ticket, before, command, told):
    for step in before:
        assert say(f"#{ticket.pk} {step}").handled
    result = say(f"#{ticket.pk} {command}")
    assert not result.handled
    for words in told:
        assert words.format(id=ticket.pk) in result.text
    proposed = result.text.rpartition("可以发：「")[2].partition("」")[0]
    assert say(proposed).handled


def test_each_of_several_is_answered_and_one_refusal_leaves_the_others(say, ticket):
    other = say(CREATE).ticket_id
    result = say(f"#{ticket.pk} 已解决，换了网线；#{other} 关闭；#999999 已解决")
    lines = result.text.splitlines()
    assert lines[0] == f"✅ 工单 #{ticket.pk} 状态已更新为：已解决"
    assert lines[1] == "　待分配 → 已解决 · 进度 0% → 100%"
    assert lines[2].startswith(f"❌ 工单 #{other} 当前状态为待分配")
    assert lines[3].startswith("❌ 找不到工单 #999999")
    assert (result.handled, result.ticket_id) == (True, None)
    assert TicketEvent.objects.get(kind="status").content == "换了网线"


def test_my_tickets_the_most_urgent_first(say, lisi, wangwu):
    now = timezone.now()
    late = TicketFactory(assignee=lisi, status="assigned", deadline=now - timedelta(hours=3))
    soon = TicketFactory(assignee=lisi, status="processing", progress=60)
    TicketFactory(assignee=wangwu, status="assigned")
    TicketFactory(assignee=lisi, status="cancelled")
    lines = say("/我的工单").text.splitlines()
    assert lines[0] == "📋 您有 2 个未完结的工单："
    assert lines[1].startswith(f"> #{late.pk} ")
    assert "已超时 3 小时" in lines[1]
    assert lines[2].startswith(f"> #{soon.pk} ")
    assert "处理中 60%" in lines[2]
    overdue = say("/超时工单").text
    assert "有 1 个超时的工单" in overdue
    assert "负责人 李四" in overdue
    assert say("/超时工单", user=wangwu).text == "🎉 没有超时的工单"


def test_coming_and_going(say, lisi):
    assert "已上线" in say("/上线").text
    presence = AgentPresence.objects.get(user=lisi)
    assert presence.status == "online"
    assert timedelta(hours=9) < presence.holds_until - timezone.now() <= timedelta(hours=10)
    assert "忙碌" in say("/忙碌").text
    assert "已下线" in say("/下线").text
    presence.refresh_from_db()
    assert (presence.status, presence.holds_until) == ("offline", None)


def test_similar_tickets_follow_the_sentence(say, lisi):
    RobotFactory()
    zhang = CustomerFactory(name="张三", phone="+8613800138000", follow_user=lisi)
    who = actor(lisi)
    old = actions.ticket_create(customer=zhang, description="服务器无法连接了", actor=who)
    actions.ticket_transition(ticket_id=old.pk, status="resolved", reason="网络配置错误", actor=who)
    lines = say(CREATE).text.splitlines()
    assert lines[0].endswith("创建成功！已推送到群聊。")
    assert lines[1].startswith(f"🔎 相似工单：#{old.pk} 服务器无法连接了（")
    assert lines[1].endswith("）已解决：网络配置错误")


def test_a_colleagues_similar_tickets_are_not_shown(say, wangwu):
    theirs = CustomerFactory(name="王小二", follow_user=wangwu)
    actions.ticket_create(customer=theirs, description="服务器无法连接", actor=actor(wangwu))
    assert "相似" not in say(CREATE).text


def test_following_and_no_longer(say, ticket, lisi):
    assert "已关注" in say(f"#{ticket.pk} 关注").text
    assert ticket.watchers.get().user == lisi
    assert "已取消关注" in say(f"#{ticket.pk} 取消关注").text
    assert not ticket.watchers.exists()


def test_two_become_one_and_the_merged_one_names_it(say, ticket):
    other = say(CREATE).ticket_id
    text = say(f"#{other} 合并到 #{ticket.pk} 同一个问题").text
    assert text.startswith(f"✅ 工单 #{other} 已合并到 #{ticket.pk}")
    refused = say(f"#{other} 已解决").text
    assert f"#{ticket.pk}" in refused
    assert f"「#{ticket.pk} 已解决」" in refused
    assert "重开" in say("撤销").text
    assert say(f"#{other} 重开").handled


# --- Help -----------------------------------------------------------------------------------------


def test_help_lists_every_command_by_sections_and_fits():
    text = help_text("智能售后助手")
    assert len(text.encode()) <= 2048
    assert not text.endswith("…")
    for spec in SPECS:
        assert spec.synopsis in text


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_help_about_one_command_shows_an_example(say, spec):
    topic = spec.names[0]
    text = say(f"/帮助 {topic}").text
    assert f"示例：{spec.example}" in text
    assert len(text.encode()) <= 2048


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_every_example_of_the_table_is_understood(say, spec):
    text = say(spec.example).text
    assert "这个命令" not in text
    assert "没有听懂" not in text
    if spec.mark is Mark.TICKET:
        assert not say(f"#999999 {spec.short}").handled


def test_help_about_a_section_and_about_nothing(say):
    assert "#记录客户" in help_about("项目")
    assert "创建工单" in say("/帮助 创见工单").text
    assert not say("/帮助 飞").handled


def test_the_documentation_names_every_command(settings):
    text = (settings.BASE_DIR / "docs/commands.md").read_text().replace("\\|", "|")
    for spec in SPECS:
        assert f"`{spec.synopsis}`" in text, spec.synopsis
        assert f"`{spec.example}`" in text, spec.example
