"""From a WeCom message to a ticket to a card in the group, on the running system over HTTP."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from tests.live import run

pytestmark = pytest.mark.live

GROUP = "test_group_001"


@pytest.fixture
def group(live_system):
    """Speaks in the simulated group and waits for the robot's answer."""

    class Group:
        path = f"/sandbox/api/chats/{GROUP}/messages"

        def messages(self):
            return live_system.http.get(live_system.url(self.path)).json()["list"]

        def say(self, sender, text, quote_id=None):
            asked = live_system.http.post(
                live_system.url(self.path),
                json={"from": sender, "content": text, "quote_id": quote_id},
            ).json()

            def answer():
                return next(
                    (
                        message["content"]["markdown"]["content"]
                        for message in self.messages()
                        if message["id"] > asked["id"]
                        and message["sender"] == "aibot"
                        and message["quote"]["content"] == asked["content"]
                    ),
                    None,
                )

            return live_system.until(answer)

        def card_of(self, ticket_id):
            return live_system.until(
                lambda: next(
                    (
                        message
                        for message in self.messages()
                        if message["sender"] == "robot"
                        and f"#ID{ticket_id}\n" in message["content"]["markdown"]["content"]
                    ),
                    None,
                )
            )

    return Group()


def ticket_number(text):
    return int(text.split("#")[1].split()[0])


def test_a_message_in_a_group_becomes_a_ticket_a_card_and_at_last_a_solved_problem(
    live_system, group
):
    name = f"赵{secrets.token_hex(3)}"
    created = group.say("lisi", f"@助手 /创建工单 @{name} 手机:13900139000 问题:服务器无法连接")
    assert "创建成功！已推送到群聊。" in created
    number = ticket_number(created)
    card = group.card_of(number)
    assert f"> 客户：{name}" in card["content"]["markdown"]["content"]

    assert group.say("lisi", f"@助手 /分配工单 #{number} @李四").splitlines()[0] == (
        f"✅ 工单 #{number} 已分配给 @李四"
    )
    assert group.say("lisi", "@助手 已解决，网络配置错误", card["id"]).splitlines()[0] == (
        f"✅ 工单 #{number} 状态已更新为：已解决"
    )
    found = group.say("wangwu", f"@助手 /查询工单 #{number}")
    assert "状态：已解决 | 进度：100%" in found

    admin = live_system.as_user("admin")
    events = admin.get(live_system.url(f"/api/tickets/{number}/events")).json()["list"]
    assert [event["kind"] for event in events] == ["created", "assigned", "status"]
    assert {event["entry"] for event in events} == {"wecom_group"}

    link = card["content"]["markdown"]["content"].split("[安全链接](")[1].split(")")[0]
    page = live_system.http.get(link)
    assert page.status_code == 200
    assert "已解决" in page.text


def test_a_member_writing_to_the_app_is_answered_by_the_app(live_system):
    path = live_system.url("/sandbox/api/chats/app:wangwu/messages")
    live_system.http.post(path, json={"from": "wangwu", "content": "/帮助"})
    answers = live_system.until(
        lambda: [m for m in live_system.http.get(path).json()["list"] if m["sender"] == "app"]
    )
    assert "/创建工单" in answers[-1]["content"]["markdown"]["content"]


def test_the_platforms_three_retries_act_once(live_system):
    customer = f"重复{secrets.token_hex(3)}"
    payload = {
        "msgid": secrets.token_hex(8),
        "chatid": GROUP,
        "chattype": "group",
        "from": {"userid": "lisi"},
        "msgtype": "text",
        "text": {"content": f"@助手 /创建工单 @{customer} 问题:坏了"},
    }
    answers = live_system.http.post(
        live_system.url("/sandbox/api/callbacks/raw"),
        json={"target": "aibot", "payload": payload, "times": 3},
    ).json()["answers"]
    assert [answer["status"] for answer in answers] == [200, 200, 200]
    admin = live_system.as_user("admin")
    search = live_system.url(f"/api/tickets?keyword={customer}")
    live_system.until(lambda: admin.get(search).json()["total"])
    # A later command has gone the same way, so copies would have been worked by now.
    follow = {
        **payload,
        "msgid": secrets.token_hex(8),
        "text": {"content": f"@助手 /创建工单 @{customer}2 问题:坏了"},
    }
    live_system.http.post(
        live_system.url("/sandbox/api/callbacks/raw"), json={"target": "aibot", "payload": follow}
    )
    live_system.until(
        lambda: admin.get(live_system.url(f"/api/tickets?keyword={customer}2")).json()["total"]
    )
    assert admin.get(live_system.url(f"/api/tickets?keyword={customer}")).json()["total"] == 2


def test_twenty_commands_at_once_leave_one_chain(live_system):
    admin = live_system.as_user("admin")
    made = admin.post(
        live_system.url("/api/tickets"),
        json={"description": "同时", "customer_name": f"同时{secrets.token_hex(3)}"},
    ).json()
    number = made["id"]
    words = [
        "已处理",
        "已解决",
        "升级处理",
        "进度 30%",
        "重开",
        "分配给@李四",
        "备件在路上",
        "取消",
        "关闭",
        "处理中",
    ]

    def command(text):
        return admin.post(
            live_system.url("/api/wechat/work/command"),
            json={"userid": "admin", "content": f"#{number} {text}"},
            timeout=60,
        ).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(command, words * 2)) == {200}
    events = admin.get(live_system.url(f"/api/tickets/{number}/events?size=200")).json()["list"]
    ticket = admin.get(live_system.url(f"/api/tickets/{number}")).json()
    assert [event["sequence"] for event in events] == list(range(1, ticket["version"] + 1))
    status = "pending"
    for event in events[1:]:
        change = event["changes"].get("status")
        if event["kind"] == "status":
            change = [event["from_value"], event["to_value"]]
        if change:
            assert change[0] == status
            status = change[1]
    assert status == ticket["status"]


@pytest.mark.parametrize("corrupt", ["signature", "receiveid", "timestamp", "body"])
@pytest.mark.parametrize("target", ["aibot", "work-message"])
def test_a_corrupted_callback_is_refused(live_system, target, corrupt):
    payload = (
        {"msgid": "x", "msgtype": "text"}
        if target == "aibot"
        else "<xml><MsgType>text</MsgType></xml>"
    )
    answer = live_system.http.post(
        live_system.url("/sandbox/api/callbacks/raw"),
        json={"target": target, "payload": payload, "corrupt": corrupt},
    ).json()["answers"][0]
    assert answer["status"] in (400, 403)
    assert "Traceback" not in answer["body"]


def test_a_megabyte_without_a_length_is_refused(live_system):
    def endless():
        for _ in range(100):
            yield b"A" * 10_000

    response = live_system.http.post(
        live_system.url("/api/wechat/work-message?msg_signature=a&timestamp=1&nonce=n"),
        data=endless(),
        headers={"Content-Type": "text/xml"},
    )
    assert response.status_code in (400, 403, 411, 413)


def test_five_hundred_messages_end_final_and_arrive_once(live_system):
    admin = live_system.as_user("admin")
    tag = secrets.token_hex(4)
    accepted = admin.post(
        live_system.url("/api/messages/send-batch"),
        json={
            "template_code": "staff_notice",
            "recipients": [f"u{tag}{n}" for n in range(500)],
            "variables": {"name": "同事", "content": "开会"},
        },
    ).json()
    assert accepted["accepted"] == 500
    status = live_system.url(accepted["status_url"])
    live_system.until(lambda: admin.get(status).json()["status"] == "finished", 60)
    assert admin.get(status).json()["sent"] == 500
    outbox = live_system.http.get(
        live_system.url("/sandbox/api/outbox?channel=WORK_WECHAT&limit=5000")
    ).json()["list"]
    received = sorted(row["to"] for row in outbox if row["to"].startswith(f"u{tag}"))
    assert received == sorted(f"u{tag}{n}" for n in range(500))


def test_the_seeds_json_request_with_and_without_a_login(live_system):
    body = {
        "ToUserName": "企业ID",
        "FromUserName": "员工UserID",
        "MsgType": "text",
        # Words like no other ticket's: what is similar would be told below.
        "Content": f"/创建工单 @客户张三 手机:13800138000 问题:{secrets.token_hex(16)}",
    }
    url = live_system.url("/api/wechat/work-message")
    assert live_system.http.post(url, json=body).status_code == 401
    answer = live_system.as_user("lisi").post(url, json=body).json()
    number = answer["data"]["ticket_id"]
    assert answer == {
        "type": "command_response",
        "response": f"✅ 工单 #{number} 创建成功！已推送到群聊。",
        "data": {"handled": True, "ticket_id": number},
    }


def test_every_part_is_ready_and_the_schema_is_served(live_system):
    checks = live_system.http.get(live_system.url("/readyz")).json()["checks"]
    assert set(checks.values()) == {"ok"}
    assert live_system.http.get(live_system.url("/api/schema")).status_code == 200
    assert live_system.http.get(live_system.url("/docs")).status_code == 200


def test_a_runtime_setting_reaches_the_running_processes_within_two_seconds(live_system):
    code = (
        "from config.runtime import store;"
        "store.change(key='ticket.default_deadline_hours', value={hours}, actor=None)"
    )
    admin = live_system.as_user("admin")

    def deadline_hours():
        made = admin.post(
            live_system.url("/api/tickets"),
            json={"description": "期限", "customer_name": f"期限{secrets.token_hex(4)}"},
        ).json()
        left = datetime.fromisoformat(made["deadline"]) - datetime.fromisoformat(made["created_at"])
        return round(left.total_seconds() / 3600)

    try:
        run(live_system, "manage.py", "shell", "-c", code.format(hours=7))
        assert live_system.until(lambda: deadline_hours() == 7, 3, pause=0.4)
    finally:
        run(live_system, "manage.py", "shell", "-c", code.format(hours=24))
