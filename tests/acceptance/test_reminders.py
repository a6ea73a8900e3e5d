"""Chasing overdue tickets and following up on changes, on the running system over HTTP."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.live
SHANGHAI = ZoneInfo("Asia/Shanghai")
RUN = "/api/admin/reminders/run"
CHAT = "/sandbox/api/chats/test_group_001/messages"
SEED = """🚨 【工单超时提醒】

工单编号：#{id}
客户：{customer[name]} ({customer[phone]})
问题：服务器无法连接...

当前状态：{status}
负责人：{owner}
处理进度：{progress}%

⏰ 处理期限：{until}
⏱️  已超时：1 分钟
🔔 催促次数：第 1 次

{call} 请尽快处理！

---
💡 回复 "#{id} 已解决" 可关闭工单
💡 回复 "#{id} 升级处理" 可升级工单"""


@pytest.fixture(scope="module")
def desk(live_system):
    """The administrator's calls, and what the simulated group received."""

    class Desk:
        admin = live_system.as_user("admin")

        def post(self, path, body=None):
            answer = self.admin.post(live_system.url(path), json=body or {}, timeout=60)
            assert answer.status_code < 300, answer.text
            return answer.json()

        def ticket(self, number):
            return self.admin.get(live_system.url(f"/api/tickets/{number}")).json()

        def create(self, **fields):
            customer = {
                "customer_name": f"超时{secrets.token_hex(3)}",
                "phone": f"139{secrets.randbelow(10**8):08d}",
            }
            body = {"description": "服务器无法连接", **customer, **fields}
            return self.post("/api/tickets", body)["id"]

        def heard(self, words):
            """The robot's messages with these words in them."""
            outbox = live_system.url("/sandbox/api/outbox?channel=GROUP_BOT&limit=5000")
            bodies = [row["payload"] for row in live_system.http.get(outbox).json()["list"]]
            parts = [body[body["msgtype"]] for body in bodies]
            return [part for part in parts if words in part["content"]]

        def reminders(self, numbers):
            return [part for n in numbers for part in self.heard(f"提醒】\n\n工单编号：#{n}\n")]

    return Desk()


@pytest.fixture(scope="module")
def overdue(live_system, desk):
    """One in 李四's hands, one in nobody's, one urgent: their deadline has just passed."""
    desk.post(RUN)  # whatever the demo left overdue has been reminded of
    soon = (datetime.now(SHANGHAI) + timedelta(seconds=5)).isoformat()
    numbers = [
        desk.create(deadline=soon),
        desk.create(deadline=soon),
        desk.create(deadline=soon, priority="urgent"),
    ]
    for number in (numbers[0], numbers[2]):
        desk.post(f"/api/tickets/{number}/assign", {"assignee": "lisi"})
    live_system.until(lambda: all(desk.ticket(number)["overdue"] for number in numbers))
    return numbers


def test_ten_calls_at_once_send_the_seeds_three_reminders(live_system, desk, overdue):
    before = [desk.ticket(number) for number in overdue]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: desk.post(RUN), range(10)))
    assert all(answer["success"] for answer in answers)
    assert {answer["overdue_count"] for answer in answers} == {answers[0]["overdue_count"]}
    assert answers[0]["overdue_count"] >= 3
    assert sorted(answer["reminders_sent"] for answer in answers) == [0] * 9 + [3]

    live_system.until(lambda: len(desk.reminders(overdue)) == 3, 40)
    again = desk.post(RUN)
    assert again["reminders_sent"] == 0
    told = desk.reminders(overdue)
    assert len(told) == 3
    assert [part["mentioned_list"] for part in told] == [["lisi"], ["@all"], ["@all"]]
    owners = ["李四", "待分配", "李四"]
    calls = ["@李四", "@所有人", "@所有人"]
    for part, ticket, owner, call in zip(told, before, owners, calls, strict=True):
        deadline = datetime.fromisoformat(ticket["deadline"]).astimezone(SHANGHAI)
        until = f"{deadline:%Y-%m-%d %H:%M}"
        assert part["content"] == SEED.format(**ticket, owner=owner, call=call, until=until)
    for number in overdue:
        ticket = desk.ticket(number)
        assert ticket["reminder_count"] == 1
        assert ticket["last_reminder_at"]


def test_only_administrators_may_ask(live_system):
    assert live_system.http.post(live_system.url(RUN)).status_code == 401
    assert live_system.as_user("lisi").post(live_system.url(RUN)).status_code == 403


def test_quoting_a_reminder_and_resolved_closes_the_ticket(live_system, desk, overdue):
    number = overdue[0]

    def reminder():
        messages = live_system.http.get(live_system.url(CHAT)).json()["list"]
        texts = [(m["id"], m["content"].get("text", {}).get("content", "")) for m in messages]
        return next((pk for pk, text in texts if f"工单编号：#{number}\n" in text), None)

    quote = live_system.until(reminder)
    live_system.http.post(
        live_system.url(CHAT), json={"from": "lisi", "content": "@助手 已解决", "quote_id": quote}
    )
    live_system.until(lambda: desk.ticket(number)["status"] == "resolved")
    # The command's answer is the news; nothing else follows in the group.
    assert desk.heard(f"🔄 工单 #{number} 已分配 → 已解决") == []


def test_a_change_from_elsewhere_is_followed_up_in_the_group(live_system, desk):
    number = desk.create()
    desk.post(f"/api/tickets/{number}/assign", {"assignee": "wangwu"})
    desk.post(f"/api/tickets/{number}/transition", {"status": "processing"})
    expected = (
        f"🔄 工单 #{number} 待分配 → 处理中 · 负责人：王五 · 进度 0%（操作：管理员，来自 接口）"
    )
    live_system.until(lambda: desk.heard(f"🔄 工单 #{number} "), 60)
    assert [part["content"] for part in desk.heard(f"🔄 工单 #{number} ")] == [expected]
