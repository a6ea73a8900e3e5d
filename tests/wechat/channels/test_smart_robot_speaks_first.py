"""The smart robot's long connection, over a real WebSocket (protocol §3.3)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from messaging.models import ChannelAccount, ChannelCircuit, ChannelType, Message
from tests.asgi import asgi_address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def robot(platform: Any, settings: Any) -> Iterator[ChannelAccount]:
    with asgi_address() as address:
        settings.WECOM_API_BASE = f"http://{address}/sandbox"
        yield ChannelAccount.objects.create(
            channel=ChannelType.AI,
            code="aibot",
            name="机器人",
            settings={"bot_id": "sandbox-aibot", "ws_url": f"ws://{address}/sandbox/openws"},
            secrets={"secret": "sandbox-aibot-secret"},
            is_default=True,
        )


def speak(send, recipient="test_group_001", **fields):
    return send("AI", recipient, body_format="markdown", **fields)


def test_it_speaks_first_in_a_group(robot, send, outbox, client):
    assert speak(send, body="**早**").status == "sent"
    assert outbox("AI") == [{"msgtype": "markdown", "markdown": {"content": "**早**"}}]
    (bubble,) = client.get("/sandbox/api/chats/test_group_001/messages").json()["list"]
    assert bubble["sender"] == "aibot"


def test_a_wave_shares_one_connection(robot, send, outbox, api, admin, run_outbox):
    speak(send, body="{{n}}", variables={"n": 0})
    people = [{"recipient": f"user{n}", "variables": {"n": n}} for n in range(30)]
    api(admin).post("/api/messages/send-batch", {"template_code": "t", "recipients": people})
    run_outbox()
    statuses = set(Message.objects.filter(batch__isnull=False).values_list("status", flat=True))
    waiting = Message.objects.filter(status="queued", attempts=0, error_code="robot_busy").count()
    sent = Message.objects.filter(batch__isnull=False, status="sent").count()
    assert statuses <= {"sent", "queued"}
    # The first turn took twenty; the other came too early and waits, at no cost.
    assert (sent, waiting) in {(20, 10), (30, 0), (10, 20)}
    assert len(outbox("AI")) == sent + 1


def test_a_robot_in_use_elsewhere_waits_its_turn(robot, send):
    cache.add(f"smart_robot:{robot.pk}:connection", "another worker", 60)
    message = speak(send)
    assert (message.status, message.attempts, message.error_code) == ("queued", 0, "robot_busy")


def test_a_wrong_secret_stops_the_account(robot, send):
    robot.secrets = {"secret": "wrong"}
    robot.save()
    message = speak(send)
    assert (message.status, message.error_code) == ("failed", "853000")
    assert ChannelCircuit.objects.get(key=f"AI:{robot.pk}").is_open


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"mode": "errcode", "errcode": 45009}, "queued", "45009"),
        ({"mode": "errcode", "errcode": 40003}, "failed", "40003"),
        ({"mode": "http_500"}, "queued", "-1"),
    ],
)
def test_refusals_are_sorted(robot, send, order, fault, status, code):
    order(channel="AI", **fault)
    message = speak(send)
    assert (message.status, message.error_code) == (status, code)


def test_nobody_there_is_tried_again(robot, send):
    robot.settings = {**robot.settings, "ws_url": robot.settings["ws_url"] + "-closed"}
    robot.save()
    message = speak(send)
    assert (message.status, message.error_code) == ("queued", "connection_lost")


def test_verifying_it_sends_nothing(robot, api, admin, outbox):
    answer = api(admin).post(f"/api/channels/{robot.pk}/verify").json()
    assert answer == {"ok": True, "code": "", "detail": "机器人已接受长连接"}
    assert outbox("AI") == []


@pytest.mark.parametrize(
    "url",
    ["ws://169.254.169.254/", "wss://evil.example/", "https://openws.work.weixin.qq.com", "x"],
)
def test_an_address_elsewhere_is_refused(api, admin, url):
    response = api(admin).post(
        "/api/channels",
        {
            "channel": "AI",
            "code": "a",
            "name": "a",
            "settings": {"bot_id": "b", "ws_url": url},
            "secrets": {"secret": "s"},
        },
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "settings.ws_url"
    assert "s" not in json.dumps(response.json().get("secrets", ""))


def test_without_an_account_it_only_answers(api, admin):
    api(admin).post(
        "/api/template",
        {"code": "t", "name": "t", "channel": "AI", "body": "x", "body_format": "markdown"},
    )
    response = api(admin).post("/api/messages/send", {"template_code": "t", "recipient": "lisi"})
    assert response.json()["errors"][0] == {
        "code": "bad_recipient",
        "detail": "没有长连接账号，智能机器人只能答复收到的消息",
        "attr": "recipient",
    }
