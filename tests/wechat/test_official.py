"""WECHAT: template, customer-service and subscribe messages of the Official Account."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.utils import timezone

from config.errors import InvalidInputError
from config.runtime import store
from messaging import demo
from messaging.channels import registry
from messaging.channels.base import Content, Outbound
from messaging.models import ChannelCircuit, ChannelType, Message, MessageTemplate
from messaging.sending import pool
from messaging.sending.work import send_messages
from tests.wechat.conftest import TEMPLATE, join_jobs
from wechat.client import errors
from wechat.client.official import configured_account
from wechat.models import Callback

pytestmark = pytest.mark.django_db(transaction=True)

ZHANGSAN = "oDemoZhangsan000000000000001"  # wrote an hour ago
SILENT = "oSomebodyWhoNeverWrote000001"
BLOCKS = "oBlocks000000000000000000001"
SUBSCRIBE = {"subscribe_template_id": "sandbox-2", "subscribe_data": {"thing1": "{{n}}"}}


def channel():
    return registry.get("WECHAT")


def content(body="", subject="", **options):
    return Content("text", subject, body, options)


def test_a_template_message_goes_out_is_delivered_and_traced_through_four_nodes(
    official, api, admin, client, run_outbox, received
):
    MessageTemplate.objects.create(
        code="t",
        name="t",
        channel=ChannelType.WECHAT,
        options={**TEMPLATE, "url": "https://x.cn/1"},
    )
    answer = api(admin).post(
        "/api/messages/send",
        {"template_code": "t", "recipient": SILENT, "variables": {"n": "三号工单"}},
    )
    assert answer.status_code == 202
    accepted = answer.json()
    run_outbox()
    join_jobs()
    (row,) = received()
    assert row["to"] == SILENT
    assert row["payload"] == {
        "touser": SILENT,
        "template_id": "sandbox-1",
        "url": "https://x.cn/1",
        "data": {"thing1": {"value": "三号工单"}},
        "client_msg_id": accepted["message_id"],
    }
    message = Message.objects.get()
    assert (message.status, message.account) == ("delivered", None)
    trace = api(admin).get(f"/api/messages/traces/{accepted['trace_id']}").json()
    assert trace["status"] == "delivered"
    assert [node["node"] for node in trace["nodes"]] == ["queue", "process", "send", "callback"]
    assert {node["status"] for node in trace["nodes"]} <= {"ok", "success", "done", "delivered"}


def test_the_demos_template_works_inside_the_window_and_outside(
    official, api, admin, run_outbox, received
):
    demo.load("unused")
    for openid in (ZHANGSAN, SILENT):
        body = {"recipient": openid, "variables": {"number": "A1", "status": "已解决"}}
        answer = api(admin).post("/api/messages/send", {"template_code": "ticket_progress", **body})
        assert answer.status_code == 202, answer.json()
    run_outbox()
    join_jobs()
    words, template = (row["payload"] for row in received())
    assert words["text"]["content"] == "您好，您的工单A1已解决。"
    assert template["data"]["phrase2"] == {"value": "已解决"}


def test_the_sandbox_tells_it_at_the_accounts_own_address(send):
    send(SILENT, **TEMPLATE)
    callback = Callback.objects.get(event="TEMPLATESENDJOBFINISH")
    assert (callback.source, callback.status) == ("official", "done")
    assert "模板消息回执：成功" in callback.reply


def test_a_follower_who_blocked_us_makes_the_message_fail_afterwards(send):
    message = send(BLOCKS, **TEMPLATE)
    assert (message.status, message.error_code) == ("failed", "user_block")
    assert message.error_detail == "用户拒收：已屏蔽公众号的消息"


def test_inside_the_window_the_words_go_and_the_template_stays(send, received):
    message = send(ZHANGSAN, body="您好，{{n}}", **TEMPLATE)
    assert message.status == "sent"
    (row,) = received()
    assert row["payload"] == {
        "touser": ZHANGSAN,
        "msgtype": "text",
        "text": {"content": "您好，3"},
    }
    assert set(message.payload) == {"custom", "template"}


def test_outside_the_window_the_template_goes_in_the_same_attempt(send, received):
    message = send(SILENT, body="您好", **TEMPLATE)
    assert (message.status, message.attempts) == ("delivered", 1)
    (row,) = received()
    assert row["payload"]["template_id"] == "sandbox-1"


def test_the_sixth_message_of_a_window_goes_over_to_the_template(send, received):
    for _ in range(5):
        assert send(ZHANGSAN, body="您好").status == "sent"
    refused = send(ZHANGSAN, body="您好")
    assert (refused.status, refused.error_code) == ("failed", "45047")
    assert send(ZHANGSAN, body="您好", **TEMPLATE).status == "delivered"
    assert [("msgtype" in row["payload"]) for row in received()] == [True] * 5 + [False]


def test_outside_the_window_words_may_be_followed_by_a_subscribe_message(send, received):
    assert send(SILENT, body="您好", **SUBSCRIBE, page="https://x.cn").status == "sent"
    (row,) = received()
    assert (row["payload"]["page"], row["payload"]["template_id"]) == ("https://x.cn", "sandbox-2")


def test_a_refused_token_is_fetched_anew_once(send):
    key = configured_account().cache_key
    cache.set(key, "a-token-that-was-revoked", 600)
    message = send(SILENT, **TEMPLATE)
    assert (message.status, message.attempts) == ("delivered", 1)
    assert cache.get(key) != "a-token-that-was-revoked"


@pytest.mark.parametrize("errcode", [40001, 40014, 41001, 42001])
def test_one_refusal_of_the_token_costs_nothing(send, misbehave, errcode):
    misbehave(mode="errcode", errcode=errcode, count=1)
    message = send(SILENT, **TEMPLATE)
    assert (message.status, message.attempts) == ("delivered", 1)


RETRIED = [(code, "queued", False) for code in (-1, 45033, 40014, 41001, 42001)]
FAILED = [
    (code, "failed", False)
    for code in (
        *(40003, 40008, 40035, 40037, 40058, 41028, 41029, 43004, 43101, 44004, 45002),
        *(45015, 45047, 47003, 48001, 50001, 99999),
    )
]
FAULTS = [(code, "failed", True) for code in (40001, 40013, 40125, 40164, 48004, 50002)]


@pytest.mark.parametrize(("errcode", "status", "opens"), RETRIED + FAILED + FAULTS)
def test_the_platforms_codes_are_sorted(send, misbehave, errcode, status, opens):
    misbehave(mode="errcode", errcode=errcode)
    message = send(SILENT, **TEMPLATE)
    assert (message.status, message.error_code) == (status, str(errcode))
    assert message.attempts == 1
    assert ChannelCircuit.objects.filter(key="WECHAT:0", is_open=True).exists() is opens
    if errcode != 99999:
        assert "平台拒绝" not in message.error_detail, "every known code has its sentence"


@pytest.mark.parametrize(("errcode", "shortest"), [(45011, 50), (45009, None)])
def test_a_limit_of_the_platform_costs_no_attempt(send, misbehave, errcode, shortest):
    misbehave(mode="errcode", errcode=errcode)
    message = send(SILENT, **TEMPLATE)
    assert (message.status, message.attempts, message.error_code) == ("queued", 0, str(errcode))
    wait = (message.due_at - timezone.now()).total_seconds()
    if shortest is None:
        tomorrow = timezone.now().astimezone(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=1)
        assert message.due_at.astimezone(ZoneInfo("Asia/Shanghai")).date() == tomorrow
    else:
        assert shortest < wait <= 60


def test_the_platforms_next_day_begins_at_its_own_midnight():
    moment = datetime(2026, 2, 3, 23, 59, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert errors.seconds_to_tomorrow(moment) == 90
    assert errors.seconds_to_tomorrow(moment - timedelta(hours=23)) == 90 + 23 * 3600


def test_a_server_in_trouble_is_tried_again(send, misbehave):
    misbehave(mode="http_500")
    message = send(SILENT, **TEMPLATE)
    assert (message.status, message.error_code) == ("queued", "http_500")


def test_a_template_message_is_repeated_after_silence_and_arrives_once(
    send, misbehave, monkeypatch, run_outbox, received
):
    monkeypatch.setattr(pool, "CALL_SECONDS", 0.5)
    misbehave(mode="timeout", seconds=2, count=1)
    message = send(SILENT, **TEMPLATE)
    assert (message.status, message.error_code) == ("queued", "no_answer")
    monkeypatch.undo()
    Message.objects.update(due_at=timezone.now())
    send_messages([message.pk])
    join_jobs()
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("delivered", 2)
    assert len(received()) == 1


def test_silence_after_customer_service_words_is_doubt(send, misbehave, monkeypatch):
    monkeypatch.setattr(pool, "CALL_SECONDS", 0.5)
    misbehave(mode="timeout", seconds=1)
    assert send(ZHANGSAN, body="您好").status == "uncertain"
    assert send(ZHANGSAN, body="您好", **TEMPLATE).status == "uncertain"


def test_silence_is_doubt_where_the_platform_would_have_forgotten_the_message(official):
    def outbound(attempts):
        return Outbound(1, "MSG1", "WECHAT", None, SILENT, {"template": {}}, attempts)

    assert channel().is_idempotent(outbound(1))
    assert not channel().is_idempotent(outbound(2))
    store.change(key="retry", value={"delay_seconds": 20}, actor=None)
    assert store.get("retry")["delay_seconds"] == 20
    assert channel().is_idempotent(outbound(2))


def test_template_messages_count_towards_the_days_quota_and_words_do_not(official):
    def limits(*parts):
        payload = {part: {} for part in parts}
        return channel().limits(Outbound(1, "MSG1", "WECHAT", None, SILENT, payload, 1))

    (limit,) = limits("custom", "template")
    assert (limit.count, limit.window_seconds) == (100_000, 86_400.0)
    assert limits("custom") == limits("subscribe") == []


def test_an_account_that_is_not_configured_fails_with_a_sentence(send, settings):
    settings.MP_APP_SECRET = ""
    message = send(SILENT, **TEMPLATE)
    assert (message.status, message.error_code) == ("failed", "not_configured")


@pytest.mark.parametrize("text", ["", "short", "x" * 65, "o" * 19 + "用", "a|b" * 10])
def test_what_is_no_openid_is_refused(official, text):
    with pytest.raises(InvalidInputError) as refusal:
        channel().recipient(text)
    assert refusal.value.code == "bad_recipient"


# --- Templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({}, "body"),
        ({"template_id": 7}, "options.template_id"),
        ({"template_id": "x"}, "options.template_data"),
        ({"template_id": "x", "template_data": {}}, "options.template_data"),
        ({"template_id": "x", "template_data": {"字": "x"}}, "options.template_data.字"),
        ({"template_id": "x", "template_data": {"k": 3}}, "options.template_data.k"),
        ({**TEMPLATE, "url": ["x"]}, "options.url"),
        ({**TEMPLATE, "miniprogram": {"appid": "wx"}}, "options.miniprogram"),
        ({**TEMPLATE, **SUBSCRIBE}, "options.subscribe_template_id"),
        ({**SUBSCRIBE, "subscribe_data": {"thing1": "字" * 21}}, "options.subscribe_data.thing1"),
        (
            {**SUBSCRIBE, "subscribe_data": {"phrase2": "六个字的短语"}},
            "options.subscribe_data.phrase2",
        ),
    ],
)
def test_a_template_that_could_never_be_sent_is_refused_at_its_field(fields, attr):
    with pytest.raises(InvalidInputError) as refusal:
        channel().check_template(content(**fields))
    assert refusal.value.attr == attr


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("thing1", "字" * 20, "字" * 21),
        ("character_string2", "A-" * 16, "A" * 33),
        ("character_string3", "INV-7", "发票7"),
        ("phrase4", "处理完成", "处理完成了吗"),
        ("phrase5", "完成", "done"),
        ("number6", "12.5", "12件"),
        ("letter7", "abc", "abc1"),
        ("symbol8", "★★", "★★★★★★"),
        ("time9", "2026年2月3日 15:01", "下午三点"),
        ("date10", "2026年2月3日", "明天"),
        ("amount11", "¥99.50", "九十九"),
        ("phone_number12", "+86-0766-66888866", "8" * 18),
        ("car_number13", "粤A8Z888挂", "粤A8Z888挂车"),
        ("name14", "李四", "一二三四五六七八九十一"),
        ("name15", "Somebody", "S" * 21),
        ("const16", "任何" * 30, None),
    ],
)
def test_a_subscribe_field_holds_what_its_kind_allows(key, good, bad):
    def compose(value):
        return channel().compose(content(subscribe_template_id="s", subscribe_data={key: value}))

    assert compose(good)["subscribe"]["data"] == {key: {"value": good}}
    if bad is not None:
        with pytest.raises(InvalidInputError) as refusal:
            compose(bad)
        assert refusal.value.attr == f"options.subscribe_data.{key}"


def test_a_value_too_long_for_its_field_fails_the_message_with_the_fields_name(send, received):
    message = send(SILENT, n="字" * 21, **SUBSCRIBE)
    assert (message.status, message.error_code) == ("failed", "invalid")
    assert "thing1" in message.error_detail
    assert received() == []


def test_words_are_cut_at_the_platforms_bytes_and_begin_with_the_subject():
    text = channel().compose(content("字" * 1000, "标题"))["custom"]["text"]["content"]
    assert text.startswith("标题\n字")
    assert 2040 < len(text.encode()) <= 2048


def test_a_template_without_words_is_made_over_the_api(api, admin):
    template = {"code": "w", "name": "w", "channel": "WECHAT", "options": TEMPLATE}
    answer = api(admin).post("/api/template", template)
    assert (answer.status_code, answer.json()["variables"]) == (201, ["n"])
    answer = api(admin).post("/api/template", {**template, "code": "w2", "options": {}})
    assert answer.json()["errors"][0]["attr"] == "body"


# --- verify ---------------------------------------------------------------------------------------


def verify():
    async def ask():
        return await channel().verify(None, pool.session())

    return pool.run_call(ask())


def test_verify_says_what_the_platform_said(official, settings):
    found = verify()
    assert (found.ok, found.code) == (True, "")
    settings.MP_APP_ID = ""
    assert verify().code == "not_configured"


def test_verify_tells_a_wrong_secret(official, client, monkeypatch):
    from wechat.channels.official import sender
    from wechat.client.official import OfficialAccount

    wrong = OfficialAccount(configured_account().app_id, "wrong")
    monkeypatch.setattr(sender, "configured_account", lambda: wrong)
    found = verify()
    assert (found.ok, found.code) == (False, "40125")
    assert "MP_APP_SECRET" in found.detail
