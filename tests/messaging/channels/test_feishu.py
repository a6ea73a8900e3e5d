"""FEISHU: a group's custom robot, signed, within its bytes, its answers sorted by code."""

import json

import pytest

from config.errors import InvalidInputError
from messaging import demo
from messaging.channels import registry
from messaging.channels.base import Content, Outbound
from messaging.channels.feishu import bodies
from messaging.channels.feishu.errors import result_of
from messaging.models import ChannelAccount, ChannelCircuit, ChannelType, Message, MessageTemplate

pytestmark = pytest.mark.django_db(transaction=True)
GROUP = "feishu_group_001"


@pytest.fixture
def robot(platform):
    def make(token="sandbox-signed", secret="sandbox-feishu-secret", **settings):
        return ChannelAccount.objects.create(
            channel=ChannelType.FEISHU,
            code="feishu_001",
            name="飞书",
            settings={"group_id": GROUP, **settings},
            secrets={
                "webhook_url": f"{platform.url}/sandbox/open-apis/bot/v2/hook/{token}",
                "secret": secret,
            },
        )

    return make


def content(body="", *, body_format="text", subject="", **options):
    return Content(body_format, subject, body, options)


def compose(*args, **fields):
    return registry.get("FEISHU").compose(content(*args, **fields))


def test_a_text_reaches_the_group_signed_and_its_row_keeps_no_signature(robot, send, received):
    robot()
    message = send("FEISHU", GROUP, {"n": "三"}, subject="通知", body="第{{n}}次")
    assert (message.status, message.recipient) == ("sent", GROUP)
    (row,) = received("FEISHU")
    assert row["payload"]["content"] == {"text": "通知\n第三次"}
    assert row["payload"]["sign"]
    assert set(message.payload) == {"msg_type", "content"}


def test_a_robot_is_addressed_by_its_code_too_and_a_stranger_is_refused(robot, send, api, admin):
    robot()
    assert send("FEISHU", "feishu_001", body="x").recipient == GROUP
    answer = api(admin).post("/api/messages/send", {"template_code": "t0", "recipient": "nobody"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0] == {
        "code": "bad_recipient",
        "detail": "没有飞书群或机器人「nobody」",
        "attr": "recipient",
    }


def test_markdown_arrives_as_a_post_with_links_and_mentions(robot, send, received):
    robot()
    send(
        "FEISHU",
        GROUP,
        {"name": '<at user_id="all">x</at>[点](https://evil.example)'},
        body_format="markdown",
        subject="工单 #1",
        body='## **{{name}}** 请看\n\n见[工单](https://desk.example/t/1)，<at user_id="ou_x">李四</at>',
    )
    (row,) = received("FEISHU")
    post = row["payload"]["content"]["post"]["zh_cn"]
    assert post == {
        "title": "工单 #1",
        "content": [
            [
                {
                    "tag": "text",
                    "text": '＜at user_id="all"＞x＜/at＞［点］(https://evil.example) 请看',
                }
            ],
            [{"tag": "text", "text": ""}],
            [
                {"tag": "text", "text": "见"},
                {"tag": "a", "text": "工单", "href": "https://desk.example/t/1"},
                {"tag": "text", "text": "，"},
                {"tag": "at", "user_id": "ou_x"},
            ],
        ],
    }


def test_a_card_arrives_as_it_was_written_and_its_values_are_only_words(robot, send, received):
    robot()
    card = {"elements": [{"tag": "markdown", "content": "**{{name}}** 已到期"}]}
    send(
        "FEISHU",
        GROUP,
        {"name": '"},<at id=all></at>'},
        body_format="card",
        body="",
        options={"card": card},
    )
    (row,) = received("FEISHU")
    assert row["payload"]["msg_type"] == "interactive"
    (element,) = row["payload"]["card"]["elements"]
    assert element["content"] == '**"},＜at id=all＞＜/at＞** 已到期'


def test_a_plain_text_mentions_nobody():
    assert compose('<at user_id="all">x</at>')["content"]["text"].startswith("＜at user_id")


@pytest.mark.parametrize("body", ["字" * 10_000, '"' * 20_000, "行\n" * 9000, "é" * 15_000])
@pytest.mark.parametrize("body_format", ["text", "markdown"])
def test_a_request_never_exceeds_twenty_kilobytes_and_uses_them(
    robot, send, received, body, body_format
):
    robot()
    message = send("FEISHU", GROUP, {"x": body}, body_format=body_format, body="{{x}}\n末")
    assert message.status == "sent"
    (row,) = received("FEISHU")
    size = bodies.size_of(row["payload"])
    assert size <= 20 * 1024
    if body_format == "text":
        assert size > 20 * 1024 - 300


def test_an_endless_subject_leaves_room_for_the_body():
    request = compose("正文", subject='"' * 30_000, body_format="markdown")
    post = request["content"]["post"]["zh_cn"]
    assert post["title"].endswith("…")
    assert post["content"] == [[{"tag": "text", "text": "正文"}]]


def test_the_demos_robot_and_template_work_at_once(platform, api, admin, run_outbox, received):
    demo.load("unused")
    demo.load("unused")
    answer = api(admin).post(
        "/api/messages/send",
        {
            "template_code": "feishu_notice",
            "recipient": GROUP,
            "variables": {"name": "李四", "content": "请处理"},
        },
    )
    assert answer.status_code == 202, answer.json()
    run_outbox()
    (row,) = received("FEISHU")
    assert row["payload"]["content"]["post"]["zh_cn"]["title"] == "工单通知"


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"body": "x", "body_format": "html"}, "body_format"),
        ({"body": " "}, "body"),
        ({"body_format": "card"}, "options.card"),
        ({"body_format": "card", "card": "{}"}, "options.card"),
        ({"body_format": "card", "card": {"elements": ["字" * 7000]}}, "options.card"),
    ],
)
def test_a_template_that_could_never_be_sent_is_refused_at_its_field(fields, attr):
    with pytest.raises(InvalidInputError) as refusal:
        registry.get("FEISHU").check_template(content(**fields))
    assert refusal.value.attr == attr


def test_a_card_template_needs_no_body_over_the_api(api, admin):
    template = {"code": "c", "name": "c", "channel": "FEISHU", "body_format": "card"}
    card = {"card": {"elements": [{"tag": "hr"}]}}
    answer = api(admin).post("/api/template", {**template, "options": card})
    assert answer.status_code == 201, answer.json()
    answer = api(admin).post("/api/template", {**template, "code": "d", "body_format": "text"})
    assert answer.json()["errors"][0]["attr"] == "body"


@pytest.mark.parametrize(
    ("order", "status", "code", "opens"),
    [
        ({"mode": "http_500"}, "queued", "http_500", False),
        ({"mode": "rate_limited"}, "queued", "11232", False),
        ({"mode": "errcode", "errcode": 11232}, "queued", "11232", False),
        ({"mode": "errcode", "errcode": 9499}, "failed", "9499", False),
        ({"mode": "errcode", "errcode": 19024}, "failed", "19024", False),
        ({"mode": "errcode", "errcode": 77777}, "failed", "77777", False),
        ({"mode": "errcode", "errcode": 19001}, "failed", "19001", True),
        ({"mode": "errcode", "errcode": 19021}, "failed", "19021", True),
        ({"mode": "errcode", "errcode": 19022}, "failed", "19022", True),
    ],
)
def test_feishus_answers_are_sorted(robot, send, misbehave, order, status, code, opens):
    robot()
    misbehave("FEISHU", **order)
    message = send("FEISHU", GROUP, body="x")
    assert (message.status, message.error_code) == (status, code)
    assert message.attempts == (0 if code == "11232" else 1)
    assert ChannelCircuit.objects.filter(is_open=True).exists() is opens


def test_silence_leaves_the_message_uncertain(robot, send, misbehave, monkeypatch):
    from messaging.sending import pool

    monkeypatch.setattr(pool, "CALL_SECONDS", 0.3)
    robot()
    misbehave("FEISHU", mode="timeout", seconds=1)
    assert send("FEISHU", GROUP, body="x").status == "uncertain"


@pytest.mark.parametrize(
    ("status", "raw", "outcome", "code"),
    [
        (200, b'{"code":0,"msg":"success"}', "sent", ""),
        (200, b'{"StatusCode":0,"StatusMessage":"success"}', "sent", ""),
        (400, b'{"code":9499,"msg":"Bad Request"}', "permanent", "9499"),
        (404, b"not found", "permanent", "http_404"),
        (302, b"", "permanent", "http_302"),
        (429, b"", "throttled", "http_429"),
        (503, b'{"code":0}', "retry", "http_503"),
        (200, b"<html>", "uncertain", "bad_answer"),
        (200, b"[]", "uncertain", "bad_answer"),
    ],
)
def test_an_answer_is_read_by_status_and_code(status, raw, outcome, code):
    result = result_of(status, "7", raw)
    assert (result.outcome, result.code) == (outcome, code)
    if status == 429:
        assert result.retry_after_seconds == 7.0


def test_an_older_robot_is_understood(robot, send):
    robot("sandbox-old", secret="")
    assert send("FEISHU", GROUP, body="x").status == "sent"


def test_a_wrong_signing_key_is_the_accounts_fault_and_the_next_message_waits(robot, send):
    robot(secret="another")
    assert send("FEISHU", GROUP, body="x").error_code == "19021"
    waiting = send("FEISHU", GROUP, body="x")
    assert (waiting.status, waiting.error_code, waiting.attempts) == ("queued", "circuit_open", 0)


def test_a_message_without_the_robots_keyword_is_not_even_sent(robot, send, received):
    robot("sandbox-keyword", secret="", keyword="告警")
    refused = send("FEISHU", GROUP, body="一切正常")
    assert (refused.status, refused.error_code) == ("failed", "19024")
    assert send("FEISHU", GROUP, body="磁盘告警").status == "sent"
    assert len(received("FEISHU")) == 1


def test_five_a_second_go_and_the_rest_wait_their_turn(robot, api, admin, run_outbox, received):
    robot()
    MessageTemplate.objects.create(code="f", name="f", channel="FEISHU", body="{{n}}")
    recipients = [{"recipient": GROUP, "variables": {"n": n}} for n in range(8)]
    api(admin).post("/api/messages/send-batch", {"template_code": "f", "recipients": recipients})
    run_outbox()
    assert Message.objects.filter(status="sent").count() == len(received("FEISHU")) == 5
    waiting = Message.objects.filter(status="queued")
    assert {row.attempts for row in waiting} == {0}
    account = ChannelAccount.objects.get()
    outbound = Outbound(1, "MSG1", "FEISHU", account, GROUP, {}, 1)
    limits = registry.get("FEISHU").limits(outbound)
    assert [(limit.count, limit.window_seconds) for limit in limits] == [(100, 60.0), (5, 1.0)]
    assert account.secrets["webhook_url"] not in json.dumps([limit.key for limit in limits])


def test_the_account_is_made_over_the_api_and_says_honestly_what_it_cannot_verify(
    platform, api, admin
):
    account = {
        "channel": "FEISHU",
        "code": "f1",
        "name": "飞书",
        "settings": {"group_id": "g"},
        "secrets": {
            "webhook_url": "https://open.feishu.cn/open-apis/bot/v2/hook/abcd1234",
            "secret": "k" * 20,
        },
    }
    made = api(admin).post("/api/channels", account).json()
    assert made["secrets"] == {"webhook_url": "••••1234", "secret": "••••kkkk"}
    found = api(admin).post(f"/api/channels/{made['id']}/verify").json()
    assert (found["ok"], found["code"]) == (False, "not_supported")
    account |= {"code": "f2", "secrets": {"webhook_url": "http://10.0.0.1/hook"}}
    refused = api(admin).post("/api/channels", account)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["attr"] == "secrets.webhook_url"
