"""Whatever comes to a callback's address: an answer below 500, and nothing stored that was not signed."""

import hashlib
import json
import time
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from tests.attack.hostile import (
    AIBOT,
    ANY,
    APP,
    OFFICIAL,
    RECEIPTS,
    VALUES,
    answered,
    fields,
    hostile_json,
    hostile_xml,
    is_well,
)
from wechat.callbacks import crypto as ours
from wechat.models import Callback
from wechat.simulator import callbacks as simulator

pytestmark = [pytest.mark.django_db, pytest.mark.attacks]


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
@example(said={"ChangeType": {"content": None}})
def test_any_signed_xml_is_stored_or_refused(said):
    text = f"<xml>{as_xml(said)}</xml>"
    assert is_well(knock(simulator.seal_xml(text)))
    assert is_well(answered(OFFICIAL, text.encode(), signed_query()))


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


def test_nothing_opens_without_keys(settings):
    settings.WECOM_TOKEN = settings.AIBOT_TOKEN = settings.MP_TOKEN = ""
    moment = str(int(time.time()))
    for keys in (ours.app_keys(), ours.aibot_keys(), ours.official_keys()):
        proof = ours.signature("", moment, "n", "")
        with pytest.raises(ours.ForgedCallbackError):
            ours.check_signature(keys, ours.Envelope(proof, moment, "n"))
