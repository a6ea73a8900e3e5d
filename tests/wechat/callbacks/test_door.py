"""What may enter and what may not; stored once, worked once (guarantees.md 13)."""

import json
import time
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from config.events.models import OutboxEntry
from customers.actions import customers as customer_actions
from messaging.models import Message, MessageTemplate
from tests.at_once import all_at_once
from tests.factories import CustomerFactory, TicketFactory, UserFactory
from tickets.models import Ticket
from wechat.callbacks import sweep, work
from wechat.models import Callback, CallbackStatus, CommandRecord
from wechat.simulator import callbacks as simulator
from wechat.simulator import crypto

pytestmark = pytest.mark.django_db

CREATE = "@助手 /创建工单 @客户张三 手机:13800138000 问题:服务器无法连接"


def group_message(text=CREATE, msgid="m1", user="lisi", **more):
    return {
        "msgid": msgid,
        "aibotid": "AIBOT-1",
        "chatid": "test_group_001",
        "chattype": "group",
        "from": {"userid": user},
        "response_url": f"{django_settings.WECOM_API_BASE}/cgi-bin/aibot/response?response_code=RC",
        "msgtype": "text",
        "text": {"content": text},
        **more,
    }


def knock(sealed, client=None, **changes):
    query = {**sealed.query, **changes}
    return (client or Client()).post(
        f"{sealed.path}?{urlencode(query)}", sealed.body, content_type=sealed.content_type
    )


def aibot(payload=None):
    return simulator.seal_json(json.dumps(payload or group_message(), ensure_ascii=False))


def app(text=CREATE, number="1"):
    return simulator.seal_xml(simulator.app_text("lisi", text, number))


@pytest.mark.parametrize("seal", [aibot, app])
def test_a_true_callback_is_stored_and_answered_with_nothing(seal):
    response = knock(seal())
    assert (response.status_code, response.content) == (200, b"")
    callback = Callback.objects.get()
    assert callback.status == CallbackStatus.RECEIVED
    task = OutboxEntry.objects.get()
    assert (task.name, task.payload, task.queue) == (
        "wechat.tasks.work_callback", [callback.pk], "callbacks",
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/api/wechat/work-message", "/api/wechat/aibot"])
def test_the_platforms_check_of_our_url_gets_the_plain_echo(client, path):
    corp = django_settings.WECOM_CORP_ID if "work" in path else ""
    kind = "WECOM" if "work" in path else "AIBOT"
    key = getattr(django_settings, f"{kind}_ENCODING_AES_KEY")
    token = getattr(django_settings, f"{kind}_TOKEN")
    moment = str(int(time.time()))
    echo = crypto.encrypt(key, "1616140317555161061", corp)
    query = {
        "msg_signature": crypto.sign(token, moment, "n", echo),
        "timestamp": moment,
        "nonce": "n",
        "echostr": echo,
    }
    answer = client.get(path, query)
    assert (answer.status_code, answer.content) == (200, b"1616140317555161061")
    # The usual failure: somebody on the way turned `+` into a space.
    assert client.get(path, {**query, "echostr": echo.replace("+", " ")}).status_code == 200
    assert client.get(path, {**query, "nonce": "other"}).status_code == 403
    assert client.get(path, {**query, "msg_signature": "é" * 40}).status_code == 403
    assert client.get(path).status_code in (400, 403)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    b"<xml><Encrypt>&b;</Encrypt></xml>"
)


@pytest.mark.parametrize("seal", [aibot, app])
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"msg_signature": "0" * 40}, 403),
        ({"msg_signature": "é"}, 403),
        ({"nonce": "changed"}, 403),
        ({"timestamp": "1"}, 403),
        ({"msg_signature": ""}, 400),
        ({"timestamp": ""}, 400),
    ],
)
def test_a_forged_query_leaves_nothing(seal, change, status):
    assert knock(seal(), **change).status_code == status
    assert not Callback.objects.exists()
    assert not OutboxEntry.objects.exists()


def test_another_receiver_is_403():
    plain = json.dumps(group_message())
    assert knock(simulator.seal_json(plain, receive_id="somebody")).status_code == 403
    xml = simulator.app_text("lisi", CREATE, "1")
    assert knock(simulator.seal_xml(xml, receive_id="wwother")).status_code == 403
    assert not Callback.objects.exists()


def test_a_replay_of_an_old_callback_is_403():
    old = str(int(time.time()) - 601)
    sealed = simulator.seal_json(json.dumps(group_message()), timestamp=old)
    assert knock(sealed).status_code == 403
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml><Encrypt>",
        b"<xml></xml>",
        b"<x/>",
        b"<xml><Encrypt><a/></Encrypt></xml>",
        b"\xff\xfe\x00",
        BOMB,
        b"<xml><Encrypt>" + b"A" * 1_000_000 + b"</Encrypt></xml>",
        b"<a>" * 50_000,
        b"plain words",
    ],
    ids=[
        "empty",
        "cut",
        "no-encrypt",
        "other-root",
        "nested",
        "binary",
        "bomb",
        "1MB",
        "deep",
        "words",
    ],
)
def test_what_is_no_callback_is_refused_without_a_trace(client, body):
    query = urlencode({"msg_signature": "0" * 40, "timestamp": "1", "nonce": "n"})
    response = client.post(f"/api/wechat/work-message?{query}", body, content_type="text/xml")
    assert response.status_code in (400, 403)
    assert b"Traceback" not in response.content
    assert response.json()["errors"][0]["code"] in ("forged", "malformed")
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"encrypt": 5}', b'{"encrypt": null}', b"[" * 100_000, b"x" * 1_000_000],
)
def test_what_is_no_robot_callback_is_refused_too(client, body):
    query = urlencode({"msg_signature": "0" * 40, "timestamp": "1", "nonce": "n"})
    response = client.post(f"/api/wechat/aibot?{query}", body, content_type="application/json")
    assert response.status_code in (400, 403)
    assert not Callback.objects.exists()


def test_a_true_seal_around_nonsense_is_refused():
    assert knock(simulator.seal_json("not json")).status_code == 400
    assert knock(simulator.seal_xml("<xml><cut")).status_code == 400
    assert not Callback.objects.exists()


def test_a_character_that_no_database_holds_does_no_harm(lisi, run_outbox):
    escaped = json.dumps(group_message(text="@助手 /帮助 \x00 \ud800"))
    assert knock(simulator.seal_json(escaped)).status_code == 200
    run_outbox()
    assert Callback.objects.get().status == CallbackStatus.DONE


# --- Once, and only once --------------------------------------------------------------------------


def test_the_same_message_three_times_acts_once(lisi, run_outbox):
    for _ in range(3):
        assert knock(aibot()).status_code == 200
        assert knock(app()).status_code == 200
    run_outbox()
    assert Callback.objects.count() == 2
    # One by the robot, one by the app: two messages that a person wrote, two tickets.
    assert Ticket.objects.count() == 2


def test_two_events_of_one_second_are_two():
    for change in ("create_user", "update_user"):
        knock(
            simulator.seal_xml(
                "<xml><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><MsgType>event"
                f"</MsgType><Event>change_contact</Event><ChangeType>{change}</ChangeType></xml>"
            )
        )
    assert Callback.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_ten_copies_at_once_are_one(lisi, run_outbox):
    codes = []
    assert all_at_once([lambda: codes.append(knock(aibot()).status_code)] * 10) == []
    assert codes == [200] * 10
    assert Callback.objects.count() == 1
    run_outbox()
    assert Ticket.objects.count() == 1


def test_a_task_that_runs_twice_acts_once(lisi):
    knock(aibot())
    callback = Callback.objects.get()
    work.work(callback.pk)
    work.work(callback.pk)
    assert Ticket.objects.count() == 1
    assert Message.objects.filter(channel="AI").count() == 1


def test_an_event_is_kept_and_needs_nothing(lisi, run_outbox):
    event = {"msgid": "e1", "msgtype": "event", "event": {"eventtype": "enter_chat"}}
    knock(aibot(event))
    run_outbox()
    assert Callback.objects.get().status == CallbackStatus.IGNORED
    assert not Message.objects.exists()


# --- In order -------------------------------------------------------------------------------------


def test_what_is_said_in_a_group_is_worked_in_its_order(lisi):
    knock(aibot(group_message(msgid="first")))
    knock(aibot(group_message("@助手 #1 已解决", "second")))
    first, second = Callback.objects.order_by("id")
    OutboxEntry.objects.all().delete()
    work.work(second.pk)
    second.refresh_from_db()
    assert (second.status, second.attempts) == (CallbackStatus.RECEIVED, 0), "waiting is no attempt"
    work.work(first.pk)
    tasks = OutboxEntry.objects.filter(name="wechat.tasks.work_callback")
    assert [task.payload for task in tasks] == [[second.pk]], "the next one is started at once"
    work.work(second.pk)
    second.refresh_from_db()
    assert second.status == CallbackStatus.DONE


def test_another_group_does_not_wait(lisi):
    knock(aibot(group_message(msgid="first")))
    knock(aibot(group_message(msgid="second", chatid="another_group")))
    second = Callback.objects.latest("id")
    work.work(second.pk)
    second.refresh_from_db()
    assert second.status == CallbackStatus.DONE


def test_one_that_broke_does_not_hold_up_its_conversation(lisi, monkeypatch):
    knock(aibot(group_message(msgid="first")))
    knock(aibot(group_message("@助手 /帮助", "second")))
    first, second = Callback.objects.order_by("id")
    with monkeypatch.context() as broken:
        broken.setattr(customer_actions, "announce", None)
        work.work(first.pk)
    work.work(second.pk)
    second.refresh_from_db()
    assert second.status == CallbackStatus.DONE


@pytest.mark.django_db(transaction=True)
def test_ten_of_one_group_at_once_are_all_worked_in_their_order(lisi, run_outbox):
    for number in range(10):
        knock(aibot(group_message(f"@助手 /创建工单 @顺序 问题:第{number}件", f"m{number}")))
    rows = list(Callback.objects.order_by("-id"))
    assert all_at_once([lambda pk=row.pk: work.work(pk) for row in rows]) == []
    run_outbox()
    problems = list(Ticket.objects.order_by("id").values_list("description", flat=True))
    assert problems == [f"第{number}件" for number in range(10)]


# --- Answers --------------------------------------------------------------------------------------


def test_a_group_is_answered_by_the_response_url_and_a_member_by_the_app(lisi):
    knock(aibot())
    knock(app("/帮助"))
    for callback in Callback.objects.all():
        work.work(callback.pk)
    by_robot = Message.objects.get(channel="AI")
    assert by_robot.payload["response_url"].endswith("response_code=RC")
    assert by_robot.payload["markdown"]["content"].startswith("✅ 工单 #")
    assert by_robot.queue == "high"
    by_app = Message.objects.get(channel="WORK_WECHAT")
    assert by_app.recipient == "lisi"
    assert "/创建工单" in by_app.payload["markdown"]["content"]


def test_a_long_answer_of_the_app_comes_in_parts_and_nothing_is_lost(lisi):
    tickets = TicketFactory.create_batch(20, customer=CustomerFactory(follow_user=lisi))
    numbers = " ".join(f"#{ticket.pk}" for ticket in tickets)
    knock(app(f"{numbers} 等待客户"))
    callback = Callback.objects.get()
    work.work(callback.pk)
    callback.refresh_from_db()
    said = [message.payload["markdown"]["content"] for message in Message.objects.order_by("id")]
    assert len(said) == 2
    assert all(len(part.encode()) <= 2048 for part in said)
    heads, bodies = zip(*(part.split("\n", 1) for part in said), strict=True)
    assert heads == ("（1/2）", "（2/2）")
    assert "\n".join(bodies) == callback.reply


def test_a_stranger_is_told_how_to_become_known(db):
    knock(aibot(group_message(user="stranger")))
    work.work(Callback.objects.get().pk)
    assert "联系管理员" in Message.objects.get().payload["markdown"]["content"]
    assert not Ticket.objects.exists()


def test_a_switched_off_account_is_a_stranger(db):
    UserFactory(username="lisi", is_active=False)
    knock(aibot())
    work.work(Callback.objects.get().pk)
    assert not Ticket.objects.exists()


def test_a_quoted_card_plus_resolved_closes_the_ticket(lisi):
    knock(aibot())
    work.work(Callback.objects.get().pk)
    ticket = Ticket.objects.get()
    quote = {"msgtype": "text", "text": {"content": f"🟡 【新工单提醒】#ID{ticket.pk}\n…"}}
    knock(aibot(group_message("@助手 已解决", "m2", quote=quote)))
    work.work(Callback.objects.latest("id").pk)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.progress) == ("resolved", 100)


# --- When things break ----------------------------------------------------------------------------


def test_a_callback_that_breaks_leaves_nothing_half_done_and_is_set_aside(lisi, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ValueError("unforeseen")

    knock(aibot())
    callback = Callback.objects.get()
    monkeypatch.setattr(customer_actions, "announce", broken)
    for _ in range(4):
        work.work(callback.pk)
    callback.refresh_from_db()
    assert (callback.status, callback.attempts) == (CallbackStatus.FAILED, 3)
    assert "ValueError: unforeseen" in callback.error
    assert not Ticket.objects.exists()
    assert not Message.objects.exists()


def test_a_callback_whose_task_was_lost_is_worked_after_all(lisi, run_outbox):
    knock(aibot())
    OutboxEntry.objects.all().delete()
    assert sweep.sweep() == 0, "not before it is late"
    Callback.objects.update(received_at=timezone.now() - timedelta(seconds=31))
    assert sweep.sweep() == 1
    run_outbox()
    assert Ticket.objects.count() == 1


def test_a_callback_that_killed_its_worker_each_time_is_set_aside(lisi):
    knock(aibot())
    Callback.objects.update(
        attempts=work.MAX_ATTEMPTS, received_at=timezone.now() - timedelta(minutes=1)
    )
    sweep.sweep()
    assert Callback.objects.get().status == CallbackStatus.FAILED


# --- Over several messages ------------------------------------------------------------------------


def said(text, msgid, **more):
    """Says it in the group; the robot's answer."""
    knock(aibot(group_message(f"@助手 {text}", msgid, **more)))
    work.work(Callback.objects.latest("id").pk)
    return Callback.objects.latest("id").reply


def test_a_ticket_is_asked_together(lisi):
    assert "哪位客户" in said("/创建工单", "m1")
    assert "手机号" in said("张三", "m2")
    assert "遇到了什么问题" in said("13800138000", "m3")
    assert "哪个产品" in said("服务器无法连接", "m4")
    assert "创建成功" in said("跳过", "m5")
    assert Ticket.objects.get().customer.name == "张三"


def test_an_answer_is_no_keyword_but_other_words_are(lisi):
    MessageTemplate.objects.create(
        code="k",
        name="k",
        channel="WORK_WECHAT",
        push_mode="realtime",
        keywords=["断网"],
        body="请重启",
    )
    said("/创建工单 @张三 手机:13800138000", "m1")
    assert "哪个产品" in said("机房断网", "m2")
    said("取消", "m3")
    assert not Ticket.objects.exists()
    assert said("机房断网", "m4").startswith("关键词推送：")


def test_a_repeated_answer_counts_once(lisi):
    said("/创建工单 @张三 手机:13800138000", "m1")
    said("坏了", "m2")
    said("坏了", "m2")
    assert Ticket.objects.count() == 0, "the second 坏了 is no product"
    said("跳过", "m3")
    assert Ticket.objects.get().product == ""


def test_what_a_callback_did_is_taken_back_by_the_next_one(lisi):
    said(CREATE.removeprefix("@助手 "), "m1")
    assert "已撤销" in said("撤销", "m2")
    assert Ticket.objects.get().status == "cancelled"
    record = CommandRecord.objects.get(undone_at__isnull=False)
    assert record.source_id == f"callback:{Callback.objects.order_by('id')[0].pk}"
