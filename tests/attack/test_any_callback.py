"""Whatever comes to a callback's address: an answer below 500, and nothing stored that was not signed."""

import hashlib
import json
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from messaging.channels.accounts import forget
from messaging.models import ChannelAccount
from wechat.callbacks import crypto as ours
from wechat.models import Callback
from wechat.simulator import callbacks as simulator

pytestmark = [pytest.mark.django_db, pytest.mark.attacks]
ANY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

APP, AIBOT, OFFICIAL = "/api/wechat/work-message", "/api/wechat/aibot", "/api/wechat/mp-message"
RECEIPTS = [
    f"/api/messages/receipts/{name}" for name in ("sms", "email", "wechat", "app", "feishu", "ai")
]
BOMB = (
    "<!DOCTYPE x ["
    '<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">'
        for before, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'


def fields(inside=""):
    return (
        "<ToUserName>a</ToUserName><FromUserName>lisi</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>text</MsgType><Content>x</Content>{inside}"
    )


def hostile_xml():
    deep = "<a>" * 5000 + "</a>" * 5000
    return {
        "entities within entities": f"{BOMB}<xml>{fields('<MsgId>&i;</MsgId>')}</xml>",
        "a file of ours": f"{EXTERNAL}<xml>{fields('<MsgId>&e;</MsgId>')}</xml>",
        "a document type elsewhere": f"{REMOTE}<xml>{fields()}</xml>",
        "an entity of parameters": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><xml>{fields()}</xml>',
        "nesting": f"<xml>{fields(deep)}</xml>",
        "nesting in the words": f"<xml>{fields()}<Content>{deep}</Content></xml>",
        "a huge attribute": f'<xml a="{"x" * 200_000}">{fields()}</xml>',
        "many attributes": "<xml "
        + " ".join(f'a{n}="1"' for n in range(15_000))
        + f">{fields()}</xml>",
        "many elements": f"<xml>{fields('<a/>' * 50_000)}</xml>",
        "many entities of signs": f"<xml>{fields()}<E>{'&#65;' * 45_000}</E></xml>",
        "an instruction": f'<?xml-stylesheet href="file:///etc/passwd"?><xml>{fields()}</xml>',
        "inclusion": '<xml xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'{fields()}<xi:include href="file:///etc/passwd" parse="text"/></xml>',
        "the same name twice": f"<xml>{fields()}{fields()}</xml>",
        "elements in place of words": "<xml><MsgType><a>x</a></MsgType><FromUserName><b/></FromUserName>"
        "<Event><c/></Event><MsgId><d>1</d></MsgId><AgentID><e/></AgentID></xml>",
        "attributes in place of words": '<xml><MsgType x="1">event</MsgType><Event y="2">CLICK</Event></xml>',
        "nothing": "<xml></xml>",
        "another root": "<html><xml/></html>",
        "no end": f"<xml>{fields()}",
        "a lone surrogate": "<xml><MsgType>text</MsgType><Content>&#xD800;</Content></xml>",
        "a long name": f"<xml>{fields()}<{'n' * 100_000}/></xml>",
        "long words": f"<xml>{fields()}<MsgId>{'9' * 100_000}</MsgId></xml>",
    }


def hostile_json():
    base = {"msgid": "m", "msgtype": "text", "from": {"userid": "lisi"}, "text": {"content": "x"}}
    deep = 3000
    return {
        "nesting": '{"msgid":"m","a":' + '{"a":' * deep + "1" + "}" * deep + "}",
        "nesting below what a parser bears": '{"msgid":"m","a":' + "[" * 700 + "]" * 700 + "}",
        "no number": '{"msgid":"m","MsgType":"text","CreateTime":NaN,"x":Infinity}',
        "too large a number": '{"msgid":"m","MsgType":"text","CreateTime":1e999}',
        "a number of many digits": '{"msgid":"m","CreateTime":' + "9" * 4000 + "}",
        "a number of too many digits": '{"msgid":"m","CreateTime":' + "9" * 5000 + "}",
        "what no column holds": json.dumps(
            {**base, "msgid": "a\x00b", "MsgId": "a\x00b", "x\x00": "\x00"}
        ),
        "half a sign": '{"msgid":"\\ud800","MsgId":"\\udfff","MsgType":"text","\\ud800":"\\ud800"}',
        "a list": "[1]",
        "a word": '"x"',
        "nothing": "null",
        "an empty one": "{}",
        "objects in place of words": json.dumps(
            {
                name: {"a": [1]}
                for name in (
                    "msgid",
                    "msgtype",
                    "from",
                    "chattype",
                    "chatid",
                    "response_url",
                    "text",
                    "quote",
                    "event",
                    "MsgType",
                    "FromUserName",
                    "Event",
                    "MsgId",
                    "Content",
                    "EventKey",
                    "CreateTime",
                )
            }
        ),
        "lists in place of words": json.dumps(
            {
                **base,
                "from": [1],
                "text": ["x"],
                "msgtype": ["text"],
                "FromUserName": [],
                "Event": [[]],
            }
        ),
        "a long id": json.dumps({**base, "msgid": "9" * 100_000, "MsgId": "9" * 100_000}),
    }


def answered(path, body=b"", query=None, content_type="text/xml"):
    client = Client(raise_request_exception=False)
    # As it is: `post` would put a body into the charset that the type names.
    url = f"{path}?{urlencode(query or {})}"
    return client.generic("POST", url, body, content_type=content_type)


def knock(sealed):
    return answered(sealed.path, sealed.body, sealed.query, sealed.content_type)


def signed_query(body_kind=""):
    moment, nonce = str(int(time.time())), "n"
    joined = "".join(sorted([django_settings.MP_TOKEN, moment, nonce]))
    proof = hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - the platform's choice
    return {
        "signature": proof,
        "timestamp": moment,
        "nonce": nonce,
        **({"openid": body_kind} if body_kind else {}),
    }


def is_well(answer):
    return answer.status_code < 500


# --- Without a signature: refused, whatever it is --------------------------------------------------


@pytest.mark.parametrize("path", [APP, AIBOT, OFFICIAL])
@pytest.mark.parametrize("kind", sorted(hostile_xml()))
def test_unsigned_xml_is_refused_and_leaves_nothing(path, kind):
    query = {"msg_signature": "x", "signature": "x", "timestamp": "1", "nonce": "n"}
    answer = answered(path, hostile_xml()[kind].encode(errors="ignore"), query)
    assert answer.status_code in (400, 403)
    assert not Callback.objects.exists()


@pytest.mark.parametrize("path", [APP, AIBOT, OFFICIAL, *RECEIPTS])
@ANY
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=60).map(
            lambda text: f"<xml><Encrypt>{text}</Encrypt></xml>".encode(errors="ignore")
        ),
        st.text(max_size=60).map(
            lambda text: f"<xml>{text}</xml>".encode("utf-16", errors="ignore")
        ),
        st.recursive(
            st.none() | st.text() | st.integers() | st.floats(), st.lists, max_leaves=5
        ).map(lambda value: json.dumps({"encrypt": value, "Encrypt": value}).encode()),
        st.sampled_from(
            [
                b'<?xml version="1.0" encoding="utf-7"?><xml/>',
                b"\xff\xfe<\x00x\x00",
                b"\xef\xbb\xbf{",
                b'<?xml version="1.0" encoding="no-such"?><xml/>',
                b"\x00" * 100,
                b"{" * 10_000,
                b"[" * 100_000,
                b"<a>" * 50_000,
            ]
        ),
    ),
    content_type=st.sampled_from(
        [
            "text/xml",
            "application/xml",
            "application/json",
            "text/plain",
            "",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "application/json; charset=utf-16",
            "text/xml; charset=no-such",
            "multipart/report; boundary=x",
            "application/x-www-form-urlencoded",
        ]
    ),
    query=st.dictionaries(
        st.sampled_from(
            ["msg_signature", "signature", "timestamp", "nonce", "encrypt_type", "token", "echostr"]
        ),
        st.one_of(
            st.text(max_size=20), st.just("9" * 400), st.just("²"), st.just("aes"), st.just("\x00")
        ),
    ),
)
def test_any_bytes_are_answered_and_leave_nothing(path, body, content_type, query):
    query = {name: value.encode(errors="ignore").decode() for name, value in query.items()}
    answer = answered(path, body, query, content_type)
    assert 400 <= answer.status_code < 500
    assert not Callback.objects.exists()
    client = Client(raise_request_exception=False)
    assert client.get(f"{path}?{urlencode(query)}").status_code < 500


@pytest.mark.parametrize("length", ["", "-1", "²", "٣", "1e3", "0x10", " 1", "9" * 30, "9" * 6000])
@pytest.mark.parametrize("path", [APP, AIBOT, OFFICIAL])
def test_a_length_that_is_none_is_refused(path, length):
    client = Client(raise_request_exception=False)
    answer = client.generic("POST", path, b"x", content_type="text/xml", CONTENT_LENGTH=length)
    assert 400 <= answer.status_code < 500


# --- Signed by the platform, and hostile all the same ----------------------------------------------


@pytest.mark.parametrize("kind", sorted(hostile_xml()))
def test_what_the_platform_signed_is_answered(kind):
    text = hostile_xml()[kind]
    assert is_well(knock(simulator.seal_xml(text)))
    assert is_well(answered(OFFICIAL, text.encode(errors="ignore"), signed_query()))
    for row in Callback.objects.values_list("payload", flat=True):
        assert "root:" not in json.dumps(row)
        assert len(json.dumps(row)) < 3 * django_settings.CALLBACK_BODY_LIMIT_BYTES


@pytest.mark.parametrize("kind", sorted(hostile_json()))
def test_what_the_platform_signed_as_json_is_answered(kind):
    text = hostile_json()[kind]
    assert is_well(knock(simulator.seal_json(text)))
    assert is_well(answered(OFFICIAL, text.encode(), signed_query(), "application/json"))


WORDS = st.one_of(
    st.sampled_from(
        [
            "text",
            "event",
            "image",
            "click",
            "CLICK",
            "subscribe",
            "kf_msg_or_event",
            "change_contact",
            "change_external_contact",
            "template_card_event",
            "group",
            "single",
            "mixed",
            "stream",
            "lisi",
            "1",
            "0",
            "-1",
            "@all",
            "/帮助",
            "TEMPLATESENDJOBFINISH",
            "LOCATION",
            "VIEW",
            "",
        ]
    ),
    st.text(max_size=10),
    st.integers(),
    st.none(),
    st.booleans(),
    st.floats(),
)
VALUES = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["content", "userid", "event_key", "eventtype", "item", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        "msgid",
        "msgtype",
        "aibotid",
        "chatid",
        "chattype",
        "from",
        "response_url",
        "text",
        "quote",
        "event",
        "mixed",
        "MsgType",
        "Event",
        "EventKey",
        "FromUserName",
        "ToUserName",
        "MsgId",
        "MsgID",
        "AgentID",
        "Content",
        "CreateTime",
        "ChangeType",
        "UserID",
        "ExternalUserID",
        "ChatId",
        "OpenKfId",
        "Token",
        "Status",
        "ResponseCode",
        "SelectedItems",
        "TaskId",
        "State",
        "Id",
        "TagType",
        "MediaId",
        "PicUrl",
        "Recognition",
        "ScanCodeInfo",
    ]
)
SAID = st.dictionaries(NAMES, VALUES, max_size=8)


@ANY
@given(said=SAID)
@example(said={"msgid": "a\x00"})
@example(said={"msgid": "\ud800", "msgtype": "text"})
@example(said={"CreateTime": float("nan"), "MsgType": "event", "Event": "subscribe"})
def test_any_signed_object_is_stored_or_refused(said):
    text = json.dumps(said)
    assert is_well(knock(simulator.seal_json(text)))
    assert is_well(answered(OFFICIAL, text.encode(), signed_query(), "application/json"))


def as_xml(value):
    if isinstance(value, dict):
        return "".join(f"<{name}>{as_xml(item)}</{name}>" for name, item in value.items())
    if isinstance(value, list):
        return "".join(as_xml(item) for item in value)
    shown = "".join(sign for sign in str(value) if sign.isprintable())
    return shown.replace("&", "&amp;").replace("<", "&lt;")


@ANY
@given(said=SAID)
def test_any_signed_xml_is_stored_or_refused(said):
    text = f"<xml>{as_xml(said)}</xml>"
    assert is_well(knock(simulator.seal_xml(text)))
    assert is_well(answered(OFFICIAL, text.encode(), signed_query()))


# --- Receipts: who knows an account's token may still write anything --------------------------------


@pytest.fixture
def accounts():
    for channel in ("SMS", "EMAIL"):
        account = ChannelAccount(
            channel=channel, code=channel.lower(), name=channel, is_active=True
        )
        account.settings = (
            {"provider": "aliyun"}
            if channel == "SMS"
            else {"host": "smtp.example.com", "port": 465}
        )
        account.secrets = {"receipt_token": "t" * 20}
        account.save()
    forget()


def told(channel, body, content_type):
    return answered(f"/api/messages/receipts/{channel}", body, {"token": "t" * 20}, content_type)


MAIL = (
    b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
    b"Reporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; %s\r\n\r\n--b\r\n"
    b"Content-Type: message/rfc822\r\n\r\nMessage-ID: %s\r\n\r\nx\r\n--b--\r\n"
)


def nested_mail(depth):
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
        for n in range(depth)
    )
    return opened + b"Content-Type: text/plain\r\n\r\nx\r\n"


@pytest.mark.parametrize(
    "body",
    [
        MAIL % (b"x", b"<a\x00b@x>"),
        MAIL % (b"a\x00b", b"<a@x>"),
        MAIL % (b"x" * 50_000, b"<" + b"9" * 5000 + b"@x>"),
        MAIL % (b"\xff\xfe", b"\xff@x"),
        MAIL % (b"=?utf-8?q?=00?=", b"=?x?q?=ff?="),
        nested_mail(300),
        nested_mail(3000),
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"\x00" * 1000,
        b"",
        b"Content-Type: multipart/report\r\n\r\n",
        b"Message-ID: " + b" " * 100_000,
    ],
)
def test_any_bounce_is_answered(accounts, body):
    assert is_well(told("email", body, "message/rfc822"))
    assert is_well(told("email", body, 'multipart/report; boundary="b"'))
    assert is_well(told("email", body, 'multipart/report; boundary="\x00\xff"'))


@ANY
@given(
    st.lists(
        st.one_of(
            VALUES,
            st.fixed_dictionaries(
                {},
                optional=dict.fromkeys(
                    [
                        "phone_number",
                        "success",
                        "biz_id",
                        "out_id",
                        "send_time",
                        "report_time",
                        "err_code",
                        "err_msg",
                        "mobile",
                        "sid",
                        "user_receive_time",
                        "nationcode",
                        "report_status",
                        "errmsg",
                        "description",
                        "sms_size",
                    ],
                    st.one_of(
                        WORDS,
                        st.just(True),
                        st.just("13800138000"),
                        st.just("2026-01-02 03:04:05"),
                        st.just("0001-01-01 00:00:00"),
                        st.just("9999-12-31 23:59:59"),
                    ),
                ),
            ),
        ),
        max_size=3,
    )
)
@example(
    [
        {
            "phone_number": "13800138000",
            "success": True,
            "biz_id": "a",
            "report_time": "0001-01-01 00:00:00",
        }
    ]
)
def test_any_push_of_an_sms_provider_is_answered(accounts, pushed):
    assert is_well(told("sms", json.dumps(pushed).encode(), "application/json"))


# --- Wrong signatures are refused at every entry -----------------------------------------------------


@pytest.mark.parametrize("change", ["", "x", "0" * 40, "é" * 20, "\x00", "A" * 10_000])
@pytest.mark.parametrize("place", ["first", "last", "case", "given"])
def test_a_wrong_signature_opens_no_entry(place, change):
    for sealed in (
        simulator.seal_json('{"msgid":"m"}'),
        simulator.seal_xml(f"<xml>{fields()}</xml>"),
    ):
        good = sealed.query["msg_signature"]
        wrong = {
            "first": ("0" if good[0] != "0" else "1") + good[1:],
            "last": good[:-1] + ("0" if good[-1] != "0" else "1"),
            "case": good.upper() if good.upper() != good else good + " ",
            "given": change,
        }[place]
        answer = answered(
            sealed.path, sealed.body, {**sealed.query, "msg_signature": wrong}, sealed.content_type
        )
        assert answer.status_code in (400, 403)
    query = signed_query()
    for wrong in (
        query["signature"][:-1],
        query["signature"] + "0",
        query["signature"].upper(),
        change,
    ):
        answer = answered(
            OFFICIAL, f"<xml>{fields()}</xml>".encode(), {**query, "signature": wrong}
        )
        assert answer.status_code in (400, 403)
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "token", ["", "t" * 19, "t" * 21, "T" * 20, "t" * 19 + "\x00", "é" * 10, " " + "t" * 20]
)
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_wrong_token_tells_no_receipt(accounts, channel, token):
    answer = answered(
        f"/api/messages/receipts/{channel}", b"[]", {"token": token}, "application/json"
    )
    assert answer.status_code == 403


def test_nothing_opens_without_keys(settings):
    settings.WECOM_TOKEN = settings.AIBOT_TOKEN = settings.MP_TOKEN = ""
    moment = str(int(time.time()))
    for keys in (ours.app_keys(), ours.aibot_keys(), ours.official_keys()):
        proof = ours.signature("", moment, "n", "")
        with pytest.raises(ours.ForgedCallbackError):
            ours.check_signature(keys, ours.Envelope(proof, moment, "n"))
