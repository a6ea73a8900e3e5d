"""The Official Account's events at the receipt address: plain, sealed, forged, malformed."""

import json
import time
from pathlib import Path

import pytest

from messaging.models import EarlyReceipt, Message
from messaging.models.receipt import ProviderReference
from tests.wechat.simulator.conftest import sha1
from wechat.simulator import crypto

pytestmark = pytest.mark.django_db

PATH = "/api/messages/receipts/wechat"
OPENID = "oSomebodyWhoNeverWrote000001"


def event(**fields):
    parts = {
        "ToUserName": "gh_demo",
        "FromUserName": OPENID,
        "CreateTime": str(int(time.time())),
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": "200163836",
        "Status": "success",
        **fields,
    }
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in parts.items())
    return f"<xml>{inside}</xml>"


@pytest.fixture
def message(db):
    row = Message.objects.create(
        message_id="MSG1",
        channel="WECHAT",
        recipient=OPENID,
        status="sent",
        due_at="2026-01-01T00:00Z",
    )
    ProviderReference.objects.create(channel="WECHAT", provider_message_id="200163836", message=row)
    return row


@pytest.fixture
def call(client, settings):
    """POSTs as the platform does; `spoil` changes the query after it was signed."""

    def plain(body, *, age=0, **spoil):
        moment = str(int(time.time()) - age)
        query = {
            "signature": sha1(settings.MP_TOKEN, moment, "n"),
            "timestamp": moment,
            "nonce": "n",
            "openid": OPENID,
        }
        return client.post(PATH, body, content_type="text/xml", query_params={**query, **spoil})

    return plain


@pytest.fixture
def sealed(client, settings):
    def make(body, *, app_id=None, age=0, as_json=False, **spoil):
        encrypted = crypto.encrypt(settings.MP_ENCODING_AES_KEY, body, app_id or settings.MP_APP_ID)
        moment = str(int(time.time()) - age)
        query = {
            "signature": sha1(settings.MP_TOKEN, moment, "n"),
            "msg_signature": sha1(settings.MP_TOKEN, moment, "n", encrypted),
            "timestamp": moment,
            "nonce": "n",
            "openid": OPENID,
            "encrypt_type": "aes",
        }
        outer = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        if as_json:
            outer = f'{{"ToUserName":"gh_demo","Encrypt":"{encrypted}"}}'
        return client.post(PATH, outer, content_type="text/xml", query_params={**query, **spoil})

    return make


@pytest.mark.parametrize("mode", ["call", "sealed"])
@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("success", "delivered", ""),
        ("failed:user block", "failed", "user_block"),
        ("failed: system failed", "failed", "system_failed"),
        ("failed:freq limit", "failed", "freq_limit"),
        ("failed", "failed", "failed"),
        ("something new", "sent", ""),
    ],
)
def test_the_status_moves_its_message(message, request, mode, text, status, code):
    answer = request.getfixturevalue(mode)(event(Status=text))
    assert (answer.status_code, answer.content) == (200, b"success")
    message.refresh_from_db()
    assert (message.status, message.error_code) == (status, code)


def test_a_console_set_to_json_is_understood(message, sealed):
    inner = json.dumps(
        {
            "FromUserName": OPENID,
            "MsgType": "event",
            "Event": "TEMPLATESENDJOBFINISH",
            "MsgID": 200163836,
            "Status": "success",
            "CreateTime": 1760000000,
        }
    )
    assert sealed(inner, as_json=True).status_code == 200
    message.refresh_from_db()
    assert message.status == "delivered"


def test_the_same_number_for_another_follower_moves_nothing(message, call):
    assert call(event(FromUserName="oAnotherFollower000000000001")).status_code == 200
    message.refresh_from_db()
    assert message.status == "sent"


def test_other_events_and_words_are_quietly_taken(message, call, sealed):
    assert call(event(Event="subscribe")).content == b"success"
    text = "<xml><MsgType>text</MsgType><Content>你好</Content></xml>"
    assert sealed(text).content == b"success"
    assert not EarlyReceipt.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        {"signature": "0" * 40},
        {"signature": "签"},
        {"nonce": "other"},
        {"timestamp": "1760000000"},
        {"timestamp": "x"},
        {"age": 700},
        {"age": -700},
    ],
)
def test_a_forged_or_old_plain_call_is_403_and_changes_nothing(message, call, spoil):
    assert call(event(), **spoil).status_code == 403
    message.refresh_from_db()
    assert message.status == "sent"


@pytest.mark.parametrize(
    "spoil", [{"msg_signature": "0" * 40}, {"nonce": "other"}, {"age": 700}, {"app_id": "wxother"}]
)
def test_a_forged_or_old_sealed_call_is_403_and_changes_nothing(message, sealed, spoil):
    assert sealed(event(), **spoil).status_code == 403
    message.refresh_from_db()
    assert message.status == "sent"


def test_a_call_that_says_it_is_sealed_is_not_believed_in_plain(message, call):
    assert call(event(), encrypt_type="aes").status_code == 400
    message.refresh_from_db()
    assert message.status == "sent"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><MsgID>&b;</MsgID></xml>'


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<xml>",
        "[]",
        "{",
        "<a/>",
        BOMB,
        event(MsgID="x"),
        event(MsgID=""),
        event(FromUserName="a"),
        event(MsgID="9" * 40),
        '{"Event":"TEMPLATESENDJOBFINISH","MsgID":"\\u0000","FromUserName":"\\ud800"}',
        "x" * 300_000,
    ],
)
def test_what_is_no_callback_is_400(call, sealed, body):
    assert call(body).status_code == 400
    if body:
        assert sealed(body).status_code == 400
    assert not EarlyReceipt.objects.exists()


def test_a_call_without_any_signature_is_400(client):
    assert client.post(PATH, event(), content_type="text/xml").status_code == 400


def test_an_absurd_time_is_no_time(message, call):
    assert call(event(CreateTime="9" * 30)).status_code == 200
    message.refresh_from_db()
    assert message.status == "delivered"


def test_without_a_token_of_ours_nothing_is_believed(message, call, settings):
    settings.MP_TOKEN = ""
    assert call(event()).status_code == 403


# --- The address check ----------------------------------------------------------------------------


def test_the_address_check_gets_its_word_back_unchanged(client, settings):
    moment = str(int(time.time()))
    query = {"timestamp": moment, "nonce": "n", "echostr": "<b>3141592653</b>"}
    query["signature"] = sha1(settings.MP_TOKEN, moment, "n")
    answer = client.get(PATH, query)
    assert (answer.status_code, answer.content) == (200, b"<b>3141592653</b>")
    assert answer["Content-Type"].startswith("text/plain")
    assert client.get(PATH, {**query, "signature": "0" * 40}).status_code == 403
    assert client.get(PATH, {**query, "echostr": ""}).status_code == 400


def test_channels_that_check_no_address_have_none(client):
    assert client.get("/api/messages/receipts/feishu").status_code == 404
    assert client.get("/api/messages/receipts/pigeon").status_code == 404


# --- The platform's published vectors -------------------------------------------------------------


@pytest.fixture
def vector(settings):
    path = Path(__file__).parents[1] / "vectors" / "wechat.json"
    known = {vector["id"]: vector for vector in json.loads(path.read_text())["vectors"]}
    settings.CALLBACK_MAX_AGE_SECONDS = 0

    def find(name):
        found = known[name]
        settings.MP_TOKEN = found["token"]
        settings.MP_ENCODING_AES_KEY = found.get("encoding_aes_key", "")
        settings.MP_APP_ID = found.get("receive_id", "")
        return found, {name: found[name] for name in ("timestamp", "nonce")}

    return find


def test_the_published_address_check_is_answered(client, vector):
    found, query = vector("mp-url-official")
    query |= {"signature": found["signature"], "echostr": found["echostr"]}
    assert client.get(PATH, query).content.decode() == found["expected_plain"]


def test_the_published_safe_mode_event_is_opened_and_quietly_taken(client, vector):
    found, query = vector("mp-safe-official-json")
    query |= {"msg_signature": found["signature"], "encrypt_type": "aes"}
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": found["ciphertext"]})
    answer = client.post(PATH, body, content_type="application/json", query_params=query)
    assert (answer.status_code, answer.content) == (200, b"success")
    query["msg_signature"] = "0" * 40
    answer = client.post(PATH, body, content_type="application/json", query_params=query)
    assert answer.status_code == 403
