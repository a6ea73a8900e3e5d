"""The message platform on the running system: the two templates of seed 002, a batch, a trace."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import pytest

pytestmark = pytest.mark.live

GROUP = "test_group_001"


@pytest.fixture
def admin(live_system):
    return live_system.as_user("admin")


def robot_said(live_system, words):
    """What the group's robot said with `words` in it."""

    def found():
        rows = live_system.http.get(
            live_system.url("/sandbox/api/outbox"), params={"channel": "GROUP_BOT"}
        ).json()["list"]
        texts = [row["payload"].get("markdown", {}).get("content", "") for row in rows]
        return [text for text in texts if words in text]

    return found


def template_called(live_system, admin, code):
    listed = admin.get(live_system.url("/api/template/list"), params={"page_size": 100}).json()
    return next(row for row in listed["list"] if row["code"] == code)


def test_the_verification_calls_of_the_seed(live_system, admin):
    template = template_called(live_system, admin, "test_message")
    assert template["push_mode"] == "realtime"
    assert template["keywords"] == ["测试", "test"]
    shown = admin.get(live_system.url(f"/api/template/{template['id']}")).json()
    assert shown["variables"] == ["time", "content"]
    sent = admin.post(
        live_system.url("/api/template/test-send"),
        json={
            "template_id": template["id"],
            "variables": {"content": "验证消息系统是否正常工作"},
            "test_recipients": [GROUP],
        },
    )
    assert sent.status_code == 202
    (message,) = sent.json()["messages"]
    assert message["message_id"].startswith("MSG")
    (text,) = live_system.until(robot_said(live_system, "验证消息系统是否正常工作"))
    assert text.startswith("🔔 测试消息")


def test_a_word_in_the_group_sets_the_realtime_template_off(live_system):
    live_system.http.post(
        live_system.url(f"/sandbox/api/chats/{GROUP}/messages"),
        json={"from": "lisi", "content": "@助手 请帮我测试一下推送"},
    )
    (text,) = live_system.until(robot_said(live_system, "请帮我测试一下推送"))
    assert text.startswith("🔔 测试消息")


@pytest.mark.services_only
def test_the_daily_reminder_is_sent_by_the_clock_with_true_counts(live_system, admin):
    """Every minute instead of at nine; beat does the rest."""
    created = admin.post(
        live_system.url("/api/tickets"),
        json={
            "title": "无法登录",
            "description": "提示密码错误",
            "customer_name": "王芳",
            "phone": "13700137000",
        },
    )
    assert created.status_code == 201, created.text
    # Assigned ones have not been begun either.
    unbegun = {"status": ["pending", "assigned"]}
    waiting = admin.get(live_system.url("/api/tickets"), params=unbegun).json()
    template = template_called(live_system, admin, "daily_work_reminder")
    assert (template["push_mode"], template["schedule"]) == ("scheduled", "0 9 * * *")
    path = live_system.url(f"/api/template/{template['id']}")
    assert admin.put(path, json={**template, "schedule": "* * * * *"}).status_code == 200
    try:
        texts = live_system.until(robot_said(live_system, "今日工作提醒"), seconds=100)
    finally:
        admin.put(path, json=template)
    assert f"待处理工单：{waiting['total']} " in texts[0]


def test_a_batch_is_watched_until_all_have_it(live_system, admin):
    people = [{"recipient": f"watched{n}", "variables": {"name": f"同事{n}"}} for n in range(300)]
    accepted = admin.post(
        live_system.url("/api/messages/send-batch"),
        json={
            "template_code": "staff_notice",
            "recipients": [*people, {"recipient": "not a member!"}],
            "variables": {"content": "今晚维护"},
        },
    ).json()
    assert (accepted["accepted"], len(accepted["rejected"])) == (300, 1)
    token = admin.headers["Authorization"].removeprefix("Bearer ")

    async def watch():
        frames = []
        url = live_system.live_base.replace("http", "ws", 1)
        async with (
            aiohttp.ClientSession() as http,
            http.ws_connect(
                f"{url}/ws/batches/{accepted['batch_id']}?token={token}",
                headers={"Origin": live_system.live_base},
            ) as socket,
            asyncio.timeout(60),
        ):
            async for event in socket:
                frames.append(json.loads(event.data))
                if frames[-1]["status"] == "finished":
                    return frames
        return frames

    # A browser test before this one has left its loop running in this thread.
    with ThreadPoolExecutor(1) as thread:
        frames = thread.submit(asyncio.run, watch()).result()
    assert [frame["seq"] for frame in frames] == sorted({frame["seq"] for frame in frames})
    for frame in frames:
        parts = ("queued", "sending", "sent", "delivered", "failed", "cancelled")
        assert sum(frame[part] for part in parts) == frame["total"] == 300
    assert (frames[-1]["sent"], frames[-1]["percent"]) == (300, 100.0)


def test_a_message_leaves_a_trace(live_system, admin):
    """Through the fast door, where there is one."""
    sent = admin.post(
        live_system.live_base + "/api/messages/send",
        json={
            "template_code": "staff_notice",
            "recipient": "lisi",
            "variables": {"name": "李四", "content": "一条消息"},
            "priority": 10,
        },
    )
    assert sent.status_code == 202, sent.text
    path = live_system.url(f"/api/messages/traces/{sent.json()['trace_id']}")

    def sent_nodes():
        nodes = admin.get(path).json()["nodes"]
        return nodes if [node["status"] for node in nodes] == ["ok", "ok", "ok"] else None

    nodes = live_system.until(sent_nodes)
    assert [node["node"] for node in nodes] == ["queue", "process", "send"]
    assert all(node["at"] for node in nodes)
