"""The group's webhook robot, and the smart robot's one answer to each question."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from wechat.simulator.models import ChatMessage, Delivery, ResponseCode

PICTURE = b"\x89PNG picture"
IMAGE = {
    "base64": base64.b64encode(PICTURE).decode(),
    "md5": hashlib.md5(PICTURE).hexdigest(),  # noqa: S324 - the platform's choice
}
NOTICE = {
    "card_type": "text_notice",
    "main_title": {"title": "x"},
    "card_action": {"type": 1, "url": "https://example.com"},
}


def test_a_message_of_the_robot_stands_in_the_group(tencent):
    assert tencent.robot(msgtype="markdown", markdown={"content": "**好**"}) == {
        "errcode": 0,
        "errmsg": "ok",
    }
    (row,) = tencent.outbox(channel="GROUP_BOT")
    assert row["to"] == "test_group_001"
    assert row["payload"] == {"msgtype": "markdown", "markdown": {"content": "**好**"}}
    (shown,) = tencent.client.get("/sandbox/api/chats/test_group_001/messages").json()["list"]
    assert (shown["sender"], shown["sender_name"], shown["kind"]) == (
        "robot",
        "群机器人",
        "markdown",
    )


def test_an_unknown_key_is_refused(tencent):
    body = {"msgtype": "text", "text": {"content": "x"}}
    assert tencent.post("webhook/send", body, key="other")["errcode"] == 93000
    assert tencent.post("webhook/send", body)["errcode"] == 93000
    assert tencent.outbox() == []


@pytest.mark.parametrize(
    ("kind", "part", "errcode"),
    [
        ("text", {"content": "字" * 682}, 0),
        ("text", {"content": "字" * 683}, 40058),
        ("markdown", {"content": "x" * 4096}, 0),
        ("markdown", {"content": "x" * 4097}, 40058),
        ("markdown_v2", {"content": "x" * 4097}, 40058),
        ("markdown", {"content": ""}, 44004),
        ("image", IMAGE, 0),
        ("image", {**IMAGE, "md5": "0" * 32}, 40058),
        ("image", {"base64": "!", "md5": "x"}, 40058),
        ("news", {"articles": [{"title": "t", "url": "https://example.com"}] * 8}, 0),
        ("news", {"articles": [{"title": "t", "url": "https://example.com"}] * 9}, 40058),
        ("template_card", NOTICE, 0),
        (
            "template_card",
            {
                "card_type": "button_interaction",
                "main_title": {"title": "x"},
                "task_id": "1",
                "button_list": [{"text": "x", "key": "x"}],
            },
            40058,
        ),
        ("textcard", {"title": "t", "description": "d", "url": "https://example.com"}, 40008),
        ("sticker", {"content": "x"}, 40008),
    ],
)
def test_each_kind_has_its_shape_and_its_length(tencent, kind, part, errcode):
    answer = tencent.robot(msgtype=kind, **{kind: part})
    assert answer["errcode"] == errcode, answer


def test_the_robot_speaks_twenty_times_in_sixty_seconds(tencent):
    words = {"msgtype": "text", "text": {"content": "x"}}
    assert [tencent.robot(**words)["errcode"] for _ in range(21)] == [0] * 20 + [45009]
    assert len(tencent.outbox()) == 20
    oldest = Delivery.objects.order_by("id").first()
    Delivery.objects.filter(pk=oldest.pk).update(received_at=timezone.now() - timedelta(seconds=61))
    assert [tencent.robot(**words)["errcode"] for _ in range(2)] == [0, 45009]


# --- aibot/response -------------------------------------------------------------------------------


@pytest.fixture
def code(tencent):
    asked = ChatMessage.objects.create(
        chat_id="test_group_001",
        sender="lisi",
        kind="text",
        content={"msgtype": "text", "text": {"content": "@助手 /帮助"}},
    )
    later = timezone.now() + timedelta(hours=1)
    return ResponseCode.objects.create(code="RC", message=asked, expires_at=later).code


def respond(tencent, code, content="好的", **body):
    body = body or {"msgtype": "markdown", "markdown": {"content": content}}
    return tencent.post("aibot/response", body, response_code=code)["errcode"]


def test_one_answer_goes_to_each_question_and_quotes_it(tencent, code):
    assert respond(tencent, code) == 0
    assert respond(tencent, code) == 40078
    (row,) = tencent.outbox(channel="AI")
    assert (row["to"], row["payload"]["markdown"]["content"]) == ("test_group_001", "好的")
    shown = tencent.client.get("/sandbox/api/chats/test_group_001/messages").json()["list"][-1]
    assert shown["sender"] == "aibot"
    assert shown["quote"]["text"] == "@助手 /帮助"


def test_an_answer_is_taken_for_an_hour(tencent, code):
    ResponseCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert respond(tencent, code) == 40078
    assert respond(tencent, "invented") == 40078
    assert tencent.outbox() == []


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": "x"}}, 40008),
        ({"msgtype": "markdown", "markdown": {"content": "字" * 6827}}, 40058),
        ({"msgtype": "markdown", "markdown": {"content": ""}}, 44004),
        ({"msgtype": "template_card", "template_card": {}}, 44004),
    ],
)
def test_a_refused_answer_leaves_the_code_unused(tencent, code, body, errcode):
    assert respond(tencent, code, **body) == errcode
    assert respond(tencent, code, "字" * 6826) == 0
