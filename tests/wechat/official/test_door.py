"""The Official Account's door: every mode and form, once and only once, answered in time."""

import json
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from config.database.locks import transaction_lock
from config.events.models import OutboxEntry
from config.runtime import store
from customers.models import Customer
from messaging.models import Message
from tests.at_once import all_at_once
from tests.wechat.official.conftest import FORMS, MODES, OPENID, PATH, fields, tell, written
from tests.wechat.simulator.conftest import sha1
from tickets.assistant import reception
from tickets.assistant.heard import Heard
from wechat.callbacks import sweep
from wechat.models import Callback, CallbackStatus

pytestmark = pytest.mark.django_db

TEXT = fields("text", Content="你好 <b>&]]></b> 😀", MsgId="23000000000000001")
VECTORS = {
    vector["id"]: vector
    for vector in json.loads((Path(__file__).parents[2] / "vectors" / "wechat.json").read_text())[
        "vectors"
    ]
}
EVERY = [(mode, form) for mode in MODES for form in FORMS]


@pytest.fixture
def answers(monkeypatch):
    """The assistant answers each message with what it heard."""
    heard = []

    def hear(**said):
        heard.append(said)
        return Heard(reply=f"收到：{said['content']}", note="助手")

    monkeypatch.setattr(reception, "hear", hear)
    return heard


# --- The address check ----------------------------------------------------------------------------


def test_the_consoles_check_gets_its_word_back_unchanged(client, settings):
    moment = str(int(time.time()))
    query = {"timestamp": moment, "nonce": "n", "echostr": "4375120948345356249"}
    query["signature"] = sha1(settings.MP_TOKEN, moment, "n")
    answer = client.get(PATH, query)
    assert (answer.status_code, answer.content) == (200, b"4375120948345356249")
    assert answer["Content-Type"].startswith("text/plain")
    assert client.get(PATH, {**query, "signature": "0" * 40}).status_code == 403
    assert client.get(PATH, {**query, "nonce": "other"}).status_code == 403
    assert client.get(PATH, {**query, "echostr": ""}).status_code == 400
    assert client.get(PATH).status_code == 400


# --- Modes and forms ------------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "form"), EVERY)
def test_a_message_is_heard_and_answered_in_its_own_mode_and_form(answers, callback, mode, form):
    answer = tell(TEXT, mode, form)
    assert answer.status == 200
    assert ("Encrypt" in answer.raw) is (mode != "plain")
    assert answer.raw.startswith("{") is (form == "json")
    reply = answer.reply()
    assert reply["ToUserName"] == OPENID
    assert (reply["FromUserName"], reply["MsgType"]) == ("gh_demo", "text")
    assert reply["Content"] == f"收到：{TEXT['Content']}"
    assert [said["content"] for said in answers] == [TEXT["Content"]]
    assert callback().status == CallbackStatus.DONE
    assert callback().passive_reply == reply["Content"]
    assert not Message.objects.exists(), "a passive reply costs the follower's budget nothing"
    assert not OutboxEntry.objects.filter(name="wechat.tasks.work_callback").exists()


@pytest.mark.parametrize("form", FORMS)
def test_of_a_compatible_body_only_what_was_sealed_is_believed(answers, form):
    forged = {**TEXT, "Content": "改过的", "MsgId": "1"}
    sealed = json.loads(json.dumps(TEXT))
    moment = str(int(time.time()))
    from django.test import Client

    from wechat.simulator import crypto

    encrypted = crypto.encrypt(
        django_settings.MP_ENCODING_AES_KEY, written(sealed, form), django_settings.MP_APP_ID
    )
    query = {
        "signature": sha1(django_settings.MP_TOKEN, moment, "n"),
        "msg_signature": sha1(django_settings.MP_TOKEN, moment, "n", encrypted),
        "encrypt_type": "aes",
        "timestamp": moment,
        "nonce": "n",
    }
    body = written({**forged, "Encrypt": encrypted}, form)
    answer = Client().post(PATH, body, content_type="text/xml", query_params=query)
    assert answer.status_code == 200
    assert [said["content"] for said in answers] == [TEXT["Content"]]


def test_a_reply_that_xml_cannot_hold_is_still_xml(monkeypatch):
    words = "一]]>二\x0b三\x00 <四>"
    monkeypatch.setattr(reception, "hear", lambda **_: Heard(reply=words.replace("\x00", "")))
    assert tell(TEXT, "plain").words == "一]]>二三 <四>"


def test_a_long_reply_stays_within_the_platforms_bytes(monkeypatch):
    monkeypatch.setattr(reception, "hear", lambda **_: Heard(reply="长" * 1000))
    words = tell(TEXT).words
    assert len(words.encode()) <= 2048
    assert words.endswith("…")


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "spoil", [{"msg_signature": "0" * 40}, {"nonce": "other"}, {"age": 700}, {"app_id": "wxother"}]
)
def test_a_forged_or_old_sealed_callback_is_403_without_a_trace(form, spoil):
    assert tell(TEXT, "safe", form, **spoil).status == 403
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [{"signature": "0" * 40}, {"signature": "签"}, {"nonce": "other"}, {"timestamp": "x"},
     {"age": 700}, {"age": -700}],
)  # fmt: skip
def test_a_forged_or_old_plain_callback_is_403_without_a_trace(spoil):
    assert tell(TEXT, "plain", **spoil).status == 403
    assert not Callback.objects.exists()


def test_a_callback_that_says_it_is_sealed_is_not_believed_in_plain():
    assert tell(TEXT, "plain", encrypt_type="aes").status == 400
    assert not Callback.objects.exists()


def test_without_a_token_of_ours_nothing_is_believed(settings):
    answer_before = tell(TEXT, "plain").status
    settings.MP_TOKEN = ""
    assert (answer_before, tell({**TEXT, "MsgId": "2"}, "plain").status) == (200, 403)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><MsgId>&b;</MsgId></xml>'


@pytest.mark.parametrize(
    "body", ["", "<xml>", "[]", "{", "<a/>", BOMB, "x" * 300_000, "<a>" * 50_000, "\x00", '{"a":']
)
def test_what_is_no_callback_is_400(body):
    assert tell(body, "plain").status == 400
    if body:
        assert tell(body, "safe").status == 400
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {}, {"MsgType": "text"}, {"MsgType": "event"}, {"MsgType": "event", "Event": None},
        {"FromUserName": {"a": 1}, "MsgType": "text"}, {"FromUserName": "x", "MsgType": "text"},
        {"FromUserName": OPENID, "MsgType": ["text"]},
        {"FromUserName": OPENID, "MsgType": "event", "Event": {"x": 1}, "EventKey": [1]},
        {"FromUserName": OPENID, "MsgType": "event", "Event": "subscribe", "EventKey": {"a": 1},
         "CreateTime": "9" * 40},
        {"FromUserName": OPENID, "MsgType": "text", "Content": "\x00 \ud800", "MsgId": "\x00\ud800"},
        {"FromUserName": OPENID, "MsgType": "text", "Content": [1], "MsgId": "9" * 500},
        {"FromUserName": OPENID, "MsgType": "event", "Event": "E" * 500, "EventKey": "K" * 5000},
    ],
)  # fmt: skip
def test_a_strange_but_true_callback_is_kept_and_does_no_harm(said, run_outbox):
    assert tell(json.dumps(said), "safe", "json").status == 200
    OutboxEntry.objects.filter(name__contains="read_follower").delete()
    run_outbox()
    assert Callback.objects.count() == 1
    assert Callback.objects.get().status in (CallbackStatus.IGNORED, CallbackStatus.DONE)


# --- Once, and only once --------------------------------------------------------------------------


def test_the_platforms_repetition_acts_once_and_gets_the_same_reply(answers):
    first = tell(TEXT)
    for mode, form in EVERY:
        assert tell(TEXT, mode, form).words == first.words
    assert (len(answers), Callback.objects.count()) == (1, 1)


def test_two_events_of_one_second_are_two_and_a_repeated_one_is_one():
    followed = fields("subscribe", EventKey="", CreateTime=1760000000)
    for event in (followed, followed, {**followed, "Event": "unsubscribe"}):
        tell(event)
    clicked = fields("CLICK", CreateTime=1760000000)
    for key in ("progress", "human", "progress"):
        tell({**clicked, "EventKey": key})
    assert Callback.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_ten_copies_at_once_are_one(run_outbox):
    codes = []
    assert all_at_once([lambda: codes.append(tell(TEXT).status)] * 10) == []
    run_outbox()
    assert codes == [200] * 10
    assert (Callback.objects.count(), Customer.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_follow_and_a_message_at_once_meet_one_customer(run_outbox):
    said = [fields("subscribe", EventKey=""), TEXT, {**TEXT, "MsgId": "2"}]
    assert all_at_once([lambda one=one: tell(one) for one in said]) == []
    run_outbox()
    assert Customer.objects.count() == 1
    assert set(Callback.objects.values_list("status", flat=True)) == {CallbackStatus.DONE}


# --- Too many, too slow, broken -------------------------------------------------------------------


@pytest.mark.parametrize("rule", [{"concurrent": 0}, {"a_second": 0}])
def test_beyond_the_few_worked_at_once_a_worker_says_it_by_customer_service(
    answers, run_outbox, callback, rule
):
    store.change(key="wechat.passive_reply", value=rule, actor=None)
    store.forget_snapshot()
    assert tell(TEXT).raw == "success"
    assert callback().status == CallbackStatus.RECEIVED
    OutboxEntry.objects.filter(name__contains="read_follower").delete()
    run_outbox()
    message = Message.objects.get()
    assert (message.channel, message.recipient) == ("WECHAT", OPENID)
    assert message.payload["custom"]["text"]["content"] == f"收到：{TEXT['Content']}"
    assert callback().passive_reply == ""
    assert tell(TEXT).raw == "success", "said once, and not again"


def test_an_answer_that_comes_too_late_for_the_platform_is_sent_as_a_message(monkeypatch, callback):
    def slow(**_):
        moments[0] += 5
        return Heard(reply="慢")

    moments = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: moments[0])
    monkeypatch.setattr(reception, "hear", slow)
    assert tell(TEXT).raw == "success"
    assert Message.objects.get().payload["custom"]["text"]["content"] == "慢"
    assert (callback().passive_reply, callback().status) == ("", CallbackStatus.DONE)


def test_one_that_breaks_in_the_request_is_left_to_a_worker(monkeypatch, callback, run_outbox):
    def broken(**_):
        raise ValueError("unforeseen")

    with monkeypatch.context() as patched:
        patched.setattr(reception, "hear", broken)
        assert tell(TEXT).raw == "success"
    assert (callback().status, callback().attempts) == (CallbackStatus.RECEIVED, 1)
    OutboxEntry.objects.filter(name__contains="read_follower").delete()
    run_outbox()
    assert callback().status == CallbackStatus.DONE


@pytest.mark.services_only
@pytest.mark.django_db(transaction=True)
def test_somebody_elses_lock_is_not_waited_for(callback, run_outbox, monkeypatch):
    from wechat.callbacks import work

    monkeypatch.setattr(work, "LOCK_MILLISECONDS", 50)
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            transaction_lock(f"conversation:official:{OPENID}")
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        assert tell(TEXT).raw == "success"
        assert (callback().status, callback().attempts) == (CallbackStatus.RECEIVED, 0)
        assert callback().error == ""
    finally:
        done.set()
        holder.join()
    run_outbox()
    assert callback().status == CallbackStatus.DONE


def test_a_process_that_died_with_a_callback_in_hand_loses_nothing(answers, run_outbox, callback):
    """Stored without a task, since the request was about to work it: the sweep finds it."""
    from datetime import timedelta

    from django.utils import timezone

    from wechat.callbacks import dedupe, storing

    storing.store("official", dedupe.official_key(TEXT, ""), TEXT, is_queued=False)
    Callback.objects.update(received_at=timezone.now() - timedelta(seconds=31))
    sweep.sweep()
    OutboxEntry.objects.filter(name__contains="read_follower").delete()
    run_outbox()
    assert callback().status == CallbackStatus.DONE
    assert Message.objects.count() == 1


# --- The platform's published vectors -------------------------------------------------------------


def configured(settings, vector):
    settings.CALLBACK_MAX_AGE_SECONDS = 0
    settings.MP_TOKEN = vector["token"]
    settings.MP_ENCODING_AES_KEY = vector.get("encoding_aes_key", "")
    settings.MP_APP_ID = vector.get("receive_id", "")


def test_the_published_check_of_an_address(client, settings):
    vector = VECTORS["mp-url-official"]
    configured(settings, vector)
    query = {name: vector[name] for name in ("signature", "timestamp", "nonce", "echostr")}
    assert client.get(PATH, query).content.decode() == vector["expected_plain"]


def test_the_published_safe_callback_is_kept_and_ignored(client, settings):
    vector, plain = VECTORS["mp-safe-official-json"], VECTORS["mp-safe-url-signature-official"]
    configured(settings, vector)
    query = {
        "signature": plain["signature"],
        "timestamp": vector["timestamp"],
        "nonce": vector["nonce"],
        "encrypt_type": "aes",
        "msg_signature": vector["signature"],
    }
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": vector["ciphertext"]})
    answer = client.post(PATH, body, content_type="application/json", query_params=query)
    assert (answer.status_code, answer.content) == (200, b"success")
    row = Callback.objects.get()
    assert (row.source, row.event) == ("official", "debug_demo")
    assert row.payload == json.loads(vector["expected_plain"])
