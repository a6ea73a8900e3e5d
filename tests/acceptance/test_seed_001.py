"""Seed 001 played in the simulated group: its scenes, its tables, its calls, word for word.

Numbers, names, times and the link of the moment stand where the seed shows its own.
"""

import re
import secrets
from datetime import datetime

import pytest

from tests.live import run

pytestmark = pytest.mark.live

GROUP = "test_group_001"
PHONE = "13800138000"

CARD = """🟡 【新工单提醒】#ID{number}

**客户信息**
> 客户：张三
> 公司：XX科技有限公司
> 联系：13800138000

**工单详情**
> 产品/项目：售后工单 - {problem}
> 问题描述：{problem}
> 优先级：➡️ NORMAL
> 提交时间：{created:%Y-%m-%d %H:%M}

**处理状态**
> 当前状态：待分配
> 负责人：待分配
> 处理进度：0%
> 处理期限：⏰ {deadline:%Y-%m-%d %H:%M}

---
💬 请负责人在本消息下回复处理进度
✅ 回复"已解决"可自动关闭工单
📋 回复"分配给@某人"可转交工单
📊 查看详情：[安全链接]

🆘 请在{deadline:%m月%d日 %H:%M}前处理"""

REMINDER = """🚨 【工单超时提醒】

工单编号：#{number}
客户：{name} (13800138000)
问题：服务器无法连接...

当前状态：processing
负责人：李四
处理进度：50%

⏰ 处理期限：{deadline:%Y-%m-%d %H:%M}
⏱️  已超时：12 小时
🔔 催促次数：第 1 次

@李四 请尽快处理！

---
💡 回复 "#{number} 已解决" 可关闭工单
💡 回复 "#{number} 升级处理" 可升级工单"""

FOUND = """📋 查询到 3 个工单：

**工单 #{third}**
状态：已解决 | 进度：100%
问题：服务器无法连接...
负责人：李四
创建时间：{times[2]}

**工单 #{second}**
状态：处理中 | 进度：75%
问题：登录失败报错500...
负责人：王五
创建时间：{times[1]}

**工单 #{first}**
状态：已关闭 | 进度：100%
问题：无法导出数据...
负责人：李四
创建时间：{times[0]}"""

_LATE = """
from datetime import timedelta
from django.utils import timezone
from tickets.models import Ticket
now = timezone.now()
Ticket.objects.filter(deadline__lt=now).update(deadline=now + timedelta(days=1))
Ticket.objects.filter(pk={number}).update(deadline=now - timedelta(hours=12, minutes=5))
"""


class Group:
    """The simulated group: what is said there, and what arrives."""

    def __init__(self, system):
        self.system = system
        self.path = system.url(f"/sandbox/api/chats/{GROUP}/messages")

    def messages(self):
        return self.system.http.get(self.path).json()["list"]

    def say(self, sender, text, quote_id=None):
        """The robot's answer to `text`."""
        body = {"from": sender, "content": f"@助手 {text}", "quote_id": quote_id}
        asked = self.system.http.post(self.path, json=body).json()

        def answer():
            return next(
                (
                    _text(message)
                    for message in self.messages()
                    if message["id"] > asked["id"]
                    and message["sender"] == "aibot"
                    and message["quote"]["content"] == asked["content"]
                ),
                None,
            )

        return self.system.until(answer)

    def first(self, sender, text, quote_id=None):
        """The first line of the answer: the seed's sentence. What changed stands below it."""
        return self.say(sender, text, quote_id).splitlines()[0]

    def heard(self, begins):
        """The robot's message that begins so."""
        return self.system.until(
            lambda: next((m for m in self.messages() if _text(m).startswith(begins)), None)
        )


def _text(message):
    content = message["content"]
    return content[content["msgtype"]]["content"]


def _number(text):
    return int(re.search(r"#(\d+)", text)[1])


def _moment(text):
    return datetime.fromisoformat(text)


@pytest.fixture
def group(live_system):
    # A robot takes 20 messages a minute; emptying the outbox begins another minute.
    live_system.http.delete(live_system.url("/sandbox/api/outbox"))
    return Group(live_system)


@pytest.fixture
def ticket(live_system):
    admin = live_system.as_user("admin")
    return lambda number: admin.get(live_system.url(f"/api/tickets/{number}")).json()


@pytest.fixture
def name():
    return f"张{secrets.token_hex(3)}"


def test_scenes_1_to_3_created_assigned_resolved(live_system, group, ticket):
    problem = f"服务器无法连接 {secrets.token_hex(8)}"
    created = group.say("lisi", f"/创建工单 @客户张三 手机:{PHONE} 问题:{problem}")
    number = _number(created)
    assert created == f"✅ 工单 #{number} 创建成功！已推送到群聊。"
    made = ticket(number)
    hours = (_moment(made["deadline"]) - _moment(made["created_at"])).total_seconds() / 3600
    assert round(hours) == 24
    card = group.heard(f"🟡 【新工单提醒】#ID{number}\n")
    shown = re.sub(r"\]\(http[^)]*\)", "]", _text(card)).replace("（引用本消息并 @助手）", "")
    assert shown == CARD.format(
        number=number,
        problem=problem,
        created=_moment(made["created_at"]),
        deadline=_moment(made["deadline"]),
    )

    assert group.say("lisi", f"/分配工单 #{number} @李四").splitlines() == [
        f"✅ 工单 #{number} 已分配给 @李四",
        "　负责人 待分配 → 李四 · 待分配 → 已分配",
    ]
    given = ticket(number)
    assert (given["status"], given["assigned_to"], given["assigned_to_name"]) == (
        "assigned", "lisi", "李四",
    )  # fmt: skip

    solved = group.say("lisi", f"#{number} 已解决，问题是网络配置错误，已修复")
    assert solved.splitlines() == [
        f"✅ 工单 #{number} 状态已更新为：已解决",
        "　已分配 → 已解决 · 进度 0% → 100%",
    ]
    done = ticket(number)
    assert (done["status"], done["progress"]) == ("resolved", 100)
    assert done["resolved_at"]
    # What is done elsewhere the group hears of.
    closing = {"status": "closed", "reason": "已回访"}
    path = live_system.url(f"/api/tickets/{number}/transition")
    assert live_system.as_user("admin").post(path, json=closing).status_code == 200
    assert "已解决 → 已关闭" in _text(group.heard(f"🔄 工单 #{number} "))


def test_scene_4_what_is_overdue_is_chased(live_system, group, ticket, name):
    number = _number(group.say("lisi", f"/创建工单 @客户{name} 手机:{PHONE} 问题:服务器无法连接"))
    group.say("lisi", f"#{number} 分配给@李四")
    group.say("lisi", f"#{number} 进度 50%")
    run(live_system, "manage.py", "shell", "-c", _LATE.format(number=number))
    answer = live_system.as_user("admin").post(live_system.url("/api/admin/reminders/run")).json()
    assert answer["success"] is True
    assert answer["overdue_count"] == 1
    late = ticket(number)
    reminder = group.heard(f"🚨 【工单超时提醒】\n\n工单编号：#{number}\n")
    deadline = _moment(late["deadline"])
    assert _text(reminder) == REMINDER.format(number=number, name=name, deadline=deadline)
    assert ticket(number)["reminder_count"] == 1
    # What the reminder proposes, said under it.
    assert group.first("lisi", "升级处理", reminder["id"]) == (
        f"✅ 工单 #{number} 状态已更新为：已升级"
    )
    assert group.first("lisi", f"#{number} 已解决") == f"✅ 工单 #{number} 状态已更新为：已解决"


def test_scene_5_a_customers_tickets(live_system, group, ticket, name):
    problems = ("无法导出数据", "登录失败报错500", "服务器无法连接")
    first, second, third = (
        _number(group.say("lisi", f"/创建工单 @客户{name} 手机:{PHONE} 问题:{problem}"))
        for problem in problems
    )
    group.say("lisi", f"/分配工单 #{first} #{third} @李四")
    group.say("lisi", f"/分配工单 #{second} @王五")
    group.say("lisi", f"#{first} #{third} 已解决；#{second} 进度 75%")
    group.say("lisi", f"#{first} 关闭")
    numbers = (first, second, third)
    times = [f"{_moment(ticket(one)['created_at']):%Y-%m-%d %H:%M}" for one in numbers]
    expected = FOUND.format(first=first, second=second, third=third, times=times)
    assert group.say("lisi", f"/查询工单 客户{name}") == expected
    one = group.say("lisi", f"/查询工单 #{second}")
    assert one.startswith(f"📋 查询到 1 个工单：\n\n**工单 #{second}**\n状态：处理中 | 进度：75%")
    by_phone = group.say("admin", f"/查询工单 手机{PHONE}")
    assert f"**工单 #{third}**" in by_phone

    customer = ticket(first)["customer"]["id"]
    path = live_system.url(f"/api/customers/{customer}/tickets/summary")
    summary = live_system.as_user("admin").get(path).json()
    assert {key: summary[key] for key in ("total_tickets", "pending_tickets", "resolved_tickets")} == {
        "total_tickets": 3, "pending_tickets": 1, "resolved_tickets": 2,
    }  # fmt: skip
    assert summary["customer"] == {"id": customer, "name": name, "phone": PHONE, "company": ""}
    assert [row["id"] for row in summary["recent_tickets"]] == [third, second, first]
    assert set(summary) == {
        "customer", "total_tickets", "pending_tickets", "resolved_tickets", "recent_tickets",
        "products", "customer_since",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "status", "label", "progress"),
    [
        ("已解决", "resolved", "已解决", 100),
        ("已处理", "processing", "处理中", 80),
        ("升级处理", "escalated", "已升级", 0),
    ],
)
def test_the_table_of_replies(group, ticket, name, words, status, label, progress):
    number = _number(group.say("lisi", f"/创建工单 @客户{name} 手机:{PHONE} 问题:坏了"))
    assert group.first("lisi", f"#{number} {words}") == f"✅ 工单 #{number} 状态已更新为：{label}"
    now = ticket(number)
    assert (now["status"], now["progress"]) == (status, progress)


@pytest.mark.parametrize(
    ("words", "priority", "mark"),
    [
        ("紧急", "urgent", "🚨 URGENT"),
        ("严重", "urgent", "🚨 URGENT"),
        ("高优先级", "high", "⬆️ HIGH"),
        ("慢", "normal", "➡️ NORMAL"),
    ],
)
def test_the_table_of_priorities(group, ticket, name, words, priority, mark):
    number = _number(group.say("lisi", f"/创建工单 @客户{name} 手机:{PHONE} 问题:坏了，{words}"))
    assert ticket(number)["priority"] == priority
    card = group.heard(f"🟡 【新工单提醒】#ID{number}\n")
    assert f"> 优先级：{mark}" in _text(card)


def test_the_cards_own_proposals_under_the_card(group, ticket, name):
    number = _number(group.say("lisi", f"/创建工单 @客户{name} 手机:{PHONE} 问题:坏了"))
    card = group.heard(f"🟡 【新工单提醒】#ID{number}\n")
    assert group.first("lisi", "分配给@王五", card["id"]) == f"✅ 工单 #{number} 已分配给 @王五"
    assert group.first("wangwu", "已解决", card["id"]) == f"✅ 工单 #{number} 状态已更新为：已解决"
    assert ticket(number)["assigned_to"] == "wangwu"


def test_a_ticket_is_asked_together_in_the_group(group, ticket, name):
    """Seed 001, endpoint 1: 执行多轮对话（自动工单生成）."""
    assert group.first("lisi", "/创建工单").startswith("🤔 缺少客户和问题。哪位客户的问题？")
    assert "遇到了什么问题" in group.say("lisi", f"{name} {PHONE}")
    assert "哪个产品" in group.say("lisi", "服务器无法连接")
    created = group.first("lisi", "云服务器")
    number = _number(created)
    assert created == f"✅ 工单 #{number} 创建成功！已推送到群聊。"
    assert (ticket(number)["product"], ticket(number)["customer"]["name"]) == ("云服务器", name)
    assert f"↩️ 工单 #{number} 已撤销" in group.say("lisi", "撤销")
    assert ticket(number)["status"] == "cancelled"
    assert "没有可以撤销的操作" in group.say("lisi", "/撤销")


def test_several_in_one_message_and_a_choice_by_number(live_system, group, ticket, name):
    one, two = (
        _number(group.say("lisi", f"/创建工单 @客户{name} 手机:{PHONE} 问题:坏了"))
        for _ in range(2)
    )
    lines = group.say("lisi", f"#{one} 已解决，换了网线；#{two} 升级处理").splitlines()
    assert lines[0] == f"✅ 工单 #{one} 状态已更新为：已解决"
    assert lines[2] == f"✅ 工单 #{two} 状态已更新为：已升级"
    group.say("lisi", f"/创建工单 @客户{name} 手机:13900139000 问题:别处")
    asked = group.say("lisi", f"/创建工单 @客户{name} 问题:又坏了")
    assert f"2. {name}（公司未登记，139****9000）" in asked
    chosen = _number(group.say("lisi", "2"))
    assert ticket(chosen)["customer"]["phone"] == "13900139000"


def test_the_json_call_of_the_seed(live_system, ticket):
    body = {
        "ToUserName": "企业ID",
        "FromUserName": "员工UserID",
        "MsgType": "text",
        "MsgId": secrets.token_hex(8),
        "Content": f"/创建工单 @客户张三 手机:{PHONE} 问题:{secrets.token_hex(16)}",
    }
    url = live_system.url("/api/wechat/work-message")
    lisi = live_system.as_user("lisi")
    answer = lisi.post(url, json=body).json()
    number = answer["data"]["ticket_id"]
    assert answer == {
        "type": "command_response",
        "response": f"✅ 工单 #{number} 创建成功！已推送到群聊。",
        "data": {"handled": True, "ticket_id": number},
    }
    assert lisi.post(url, json=body).json() == answer, "the same message again acts once"
    assert ticket(number)["customer"]["company"] == "XX科技有限公司"
