"""Commands as a group uses them: what is done, and what is answered (seed 001, scenes 1–3 and 5)."""

import pytest

from config.api.keys import ApiKey
from customers.actors import Entry
from customers.models import Customer
from messaging.models import Message
from tests.factories import CustomerFactory, RobotFactory, UserFactory, actor
from tickets.models import Ticket, TicketEvent
from wechat.commands.handlers import run_command

pytestmark = pytest.mark.django_db

GROUP = "test_group_001"
CREATE = "/创建工单 @客户张三 手机:13800138000 问题:服务器无法连接"


@pytest.fixture
def say(lisi):
    def say(text, user=lisi, quoted=""):
        return run_command(
            text, actor=actor(user, Entry.WECOM_GROUP, GROUP), bot_name="助手", quoted=quoted
        )

    return say


@pytest.fixture
def ticket(say):
    return Ticket.objects.get(pk=say(CREATE).ticket_id)


def test_scene_1_a_command_becomes_a_ticket_and_a_card(say):
    RobotFactory()
    CustomerFactory(name="张三", phone="+8613800138000", company="XX科技有限公司")
    result = say(f"@助手 {CREATE}")
    ticket = Ticket.objects.get()
    assert result.text == f"✅ 工单 #{ticket.pk} 创建成功！已推送到群聊。"
    assert (result.handled, result.ticket_id) == (True, ticket.pk)
    assert Customer.objects.count() == 1
    card = Message.objects.get().payload["markdown"]["content"]
    for line in (
        f"🟡 【新工单提醒】#ID{ticket.pk}",
        "> 客户：张三",
        "> 公司：XX科技有限公司",
        "> 联系：13800138000",
        "> 产品/项目：售后工单 - 服务器无法连接",
        "> 问题描述：服务器无法连接",
        "> 优先级：➡️ NORMAL",
        "> 当前状态：待分配",
        "> 负责人：待分配",
        "> 处理进度：0%",
        '✅ 回复"已解决"可自动关闭工单',
        '📋 回复"分配给@某人"可转交工单',
    ):
        assert line in card
    assert "[安全链接](http" in card
    assert len(card.encode()) <= 4096


@pytest.mark.parametrize(
    ("words", "priority", "queue"),
    [
        ("紧急", "urgent", "urgent"),
        ("严重", "urgent", "urgent"),
        ("高优先级", "high", "high"),
        ("不紧急", "normal", "high"),
    ],
)
def test_words_set_the_priority(say, words, priority, queue):
    RobotFactory()
    say(f"{CREATE}，{words}")
    assert Ticket.objects.get().priority == priority
    assert Message.objects.get().queue == queue


def test_scene_2_assigning(say, ticket):
    assert say(f"/分配工单 #{ticket.pk} @李四").text.splitlines() == [
        f"✅ 工单 #{ticket.pk} 已分配给 @李四",
        "　负责人 待分配 → 李四 · 待分配 → 已分配",
    ]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assigned_to) == ("assigned", "lisi")


def test_scene_3_resolving(say, ticket):
    say(f"/分配工单 #{ticket.pk} @李四")
    result = say(f"#{ticket.pk} 已解决，问题是网络配置错误，已修复")
    assert result.text.splitlines() == [
        f"✅ 工单 #{ticket.pk} 状态已更新为：已解决",
        "　已分配 → 已解决 · 进度 0% → 100%",
    ]
    ticket.refresh_from_db()
    assert (ticket.status, ticket.progress) == ("resolved", 100)
    assert ticket.resolved_at
    event = TicketEvent.objects.latest("id")
    assert (event.from_value, event.to_value) == ("assigned", "resolved")
    assert event.content == "问题是网络配置错误，已修复"
    assert (event.entry, event.actor_name) == ("wecom_group", "李四")


def test_scene_5_asking_for_a_customers_tickets(say, ticket):
    say(f"#{ticket.pk} 已解决")
    text = say("/查询工单 客户张三").text
    assert text.startswith("📋 查询到 1 个工单：")
    assert f"**工单 #{ticket.pk}**" in text
    assert "状态：已解决 | 进度：100%" in text
    assert say("/查询工单 手机138 0013 8000").text == text
    assert say(f"/查询工单 #{ticket.pk}").text == text


@pytest.mark.parametrize(
    ("command", "status", "progress"),
    [
        ("#{id} 已处理", "processing", 80),
        ("#{id} 升级处理", "escalated", 0),
        ("#{id} 进度 60%", "processing", 60),
        ("#{id} 取消", "cancelled", 0),
        ("＃{id}　已解决！", "resolved", 100),
    ],
)
def test_short_replies_change_the_ticket(say, ticket, command, status, progress):
    assert say(command.format(id=ticket.pk)).handled
    ticket.refresh_from_db()
    assert (ticket.status, ticket.progress) == (status, progress)


def test_close_and_reopen(say, ticket):
    for command, status in (("已解决", "resolved"), ("关闭", "closed"), ("重开", "pending")):
        assert say(f"#{ticket.pk} {command}").handled
        ticket.refresh_from_db()
        assert ticket.status == status


def test_handled_again_is_news_of_the_progress(say, ticket):
    say(f"#{ticket.pk} 进度 20%")
    assert say(f"#{ticket.pk} 已处理").handled
    ticket.refresh_from_db()
    assert ticket.progress == 80


def test_passing_it_on(say, ticket):
    UserFactory(username="wangwu", name="王五")
    assert "已分配给 @王五" in say(f"#{ticket.pk} 分配给@王五").text


def test_other_words_are_kept_as_a_note_and_change_nothing(say, ticket):
    result = say(f"#{ticket.pk} 客户明天才有空")
    assert "已记录" in result.text
    ticket.refresh_from_db()
    assert ticket.status == "pending"
    assert TicketEvent.objects.latest("id").visibility == "internal"


def test_a_question_closes_nothing(say, ticket):
    say(f"#{ticket.pk} 已解决了吗？")
    ticket.refresh_from_db()
    assert ticket.status == "pending"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#999999 已解决", "找不到工单 #999999"),
        ("/创建工单 @客户张三", "缺少问题"),
        ("/创建工单 问题:坏了", "缺少客户"),
        ("/创建工单 @客户张三 手机:123 问题:坏了", "不是有效的电话号码"),
        ("/分配工单 #1", "缺少负责人"),
        ("/查询工单 客户无此人", "没有找到"),
        ("/查询工单", "要查谁的工单"),
        ("你好", "没有听懂"),
        ("/创见工单 x", "创建工单"),
    ],
)
def test_every_refusal_says_what_is_wrong(say, text, told):
    result = say(text)
    assert told in result.text
    assert not result.handled
    assert not Ticket.objects.exists()


def test_an_unknown_colleague_is_named(say, ticket):
    assert "找不到同事「赵六」" in say(f"/分配工单 #{ticket.pk} @赵六").text


def test_an_illegal_move_names_the_state_and_the_ways_out(say, ticket):
    text = say(f"#{ticket.pk} 关闭").text
    assert "当前状态为待分配" in text
    assert "已解决" in text


def test_two_customers_of_one_name_are_a_question(say, lisi):
    CustomerFactory(name="张三", phone="+8613800138000", follow_user=lisi, company="甲公司")
    CustomerFactory(name="张三", phone="+8613900139000", follow_user=lisi, company="乙公司")
    text = say("/创建工单 @客户张三 问题:坏了").text
    assert "1. 张三（甲公司，138****8000）" in text
    assert "2. 张三（乙公司，139****9000）" in text
    assert "手机:" in text
    assert not Ticket.objects.exists()


def test_words_of_a_customer_can_do_nothing_in_the_group(say):
    RobotFactory()
    say("/创建工单 @客户<@all> 问题:[点我](http://evil.example) <@all> **急**")
    card = Message.objects.get().payload["markdown"]["content"]
    assert "<@" not in card
    assert "](http://evil" not in card


def test_a_very_long_problem_fits_the_robots_limit(say):
    RobotFactory()
    say(f"/创建工单 @客户张三 产品:{'产' * 100} 公司:{'公' * 200} 问题:{'很长的描述' * 1500}")
    assert len(Message.objects.get().payload["markdown"]["content"].encode()) <= 4096
    assert Ticket.objects.get().description.count("很长的描述") == 1500


def test_another_group_does_not_see_this_groups_tickets(say, ticket, wangwu):
    elsewhere = actor(wangwu, Entry.WECOM_GROUP, "another_group")
    result = run_command(f"#{ticket.pk} 已解决", actor=elsewhere, bot_name="助手")
    assert "找不到工单" in result.text


def test_a_colleague_in_the_same_group_can_take_it(say, ticket, wangwu):
    assert say(f"#{ticket.pk} 已解决", user=wangwu).handled


# --- The same over JSON (seed 001, "API端点") --------------------------------------------------------

SEED_REQUEST = {
    "ToUserName": "企业ID",
    "FromUserName": "员工UserID",
    "MsgType": "text",
    "Content": CREATE,
}


def test_the_seeds_json_request_gets_its_json_response(api, lisi):
    RobotFactory()
    response = api(lisi).post("/api/wechat/work-message", SEED_REQUEST)
    ticket = Ticket.objects.get()
    assert response.status_code == 200
    assert response.json() == {
        "type": "command_response",
        "response": f"✅ 工单 #{ticket.pk} 创建成功！已推送到群聊。",
        "data": {"handled": True, "ticket_id": ticket.pk},
    }


def test_without_a_login_the_json_request_is_401(api):
    assert api().post("/api/wechat/work-message", SEED_REQUEST).status_code == 401
    assert not Ticket.objects.exists()


def test_a_customer_cannot_command(api):
    login = UserFactory(role="customer", customer=CustomerFactory())
    assert api(login).post("/api/wechat/work-message", SEED_REQUEST).status_code == 403


def test_nobody_acts_as_another_by_naming_them(api, lisi, wangwu):
    api(lisi).post("/api/wechat/work-message", {**SEED_REQUEST, "FromUserName": "wangwu"})
    assert Ticket.objects.get().created_by == lisi


def test_an_api_key_acts_for_the_member_it_names(api, wangwu):
    _, key = ApiKey.objects.create_key(name="机器人", scopes=["tickets:write"])
    client = api()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key}")
    client.post("/api/wechat/work-message", {**SEED_REQUEST, "FromUserName": "wangwu"})
    assert Ticket.objects.get().created_by == wangwu
    unknown = client.post("/api/wechat/work-message", {**SEED_REQUEST, "FromUserName": "x"})
    assert unknown.status_code == 400
    assert unknown.json()["errors"][0]["attr"] == "FromUserName"


def test_the_command_call(api, admin):
    response = api(admin).post("/api/wechat/work/command", {"userid": "admin", "content": "/帮助"})
    assert response.json()["data"] == {"handled": True, "ticket_id": None}
    assert "/创建工单" in response.json()["response"]
    missing = api(admin).post("/api/wechat/work/command", {"userid": "admin"})
    assert missing.json()["errors"][0]["attr"] == "content"
