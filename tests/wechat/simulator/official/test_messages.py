"""The simulated Official Account refuses what the platform refuses."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from wechat.simulator.models import Delivery, Token

pytestmark = pytest.mark.django_db

ZHANGSAN = "oDemoZhangsan000000000000001"
SILENT = "oSomebodyWhoNeverWrote000001"
TEXT = {"msgtype": "text", "text": {"content": "你好"}}
DATA = {"thing1": {"value": "x"}}


class Official:
    def __init__(self, settings):
        self.client = Client()
        self.credentials = {
            "grant_type": "client_credential",
            "appid": settings.MP_APP_ID,
            "secret": settings.MP_APP_SECRET,
        }

    def post(self, path, body, **query):
        return self.client.post(
            f"/sandbox/mp/cgi-bin/{path}", body, content_type="application/json", query_params=query
        ).json()

    def token(self, **change):
        return self.post("stable_token", {**self.credentials, **change})

    def call(self, path, openid, **body):
        token = self.token()["access_token"]
        return self.post(f"message/{path}", {"touser": openid, **body}, access_token=token)[
            "errcode"
        ]

    def wrote(self, openid, **moment):
        return self.client.post(
            "/sandbox/api/followers", {"openid": openid, **moment}, content_type="application/json"
        )


@pytest.fixture
def official(settings, monkeypatch):
    # Nobody listens: the events of template messages are not what is tested here.
    monkeypatch.setattr("wechat.simulator.official.jobs.finish", lambda *_: None)
    return Official(settings)


def test_the_stable_token_stays_the_same_until_it_is_forced(official):
    first = official.token()
    assert first["access_token"] == official.token()["access_token"]
    assert first["access_token"] == official.token(force_refresh=True)["access_token"]
    Token.objects.update(expires_at=timezone.now() + timedelta(seconds=7000))
    forced = official.token(force_refresh=True)["access_token"]
    assert forced != first["access_token"]
    assert official.token()["access_token"] == forced
    old = {"touser": ZHANGSAN, **TEXT}
    answer = official.post("message/custom/send", old, access_token=first["access_token"])
    assert answer["errcode"] == 0, "the old one is good for a moment"


@pytest.mark.parametrize(
    ("change", "errcode"),
    [({"grant_type": "x"}, 40002), ({"appid": "x"}, 40013), ({"secret": "x"}, 40125)],
)
def test_wrong_credentials_have_their_codes(official, change, errcode):
    assert official.token(**change)["errcode"] == errcode


def test_a_wecom_token_is_no_token_here_and_the_other_way_round(official, settings):
    query = {"corpid": settings.WECOM_CORP_ID, "corpsecret": settings.WECOM_CORP_SECRET}
    wecom = official.client.get("/sandbox/cgi-bin/gettoken", query).json()["access_token"]
    body = {"touser": ZHANGSAN, **TEXT}
    assert official.post("message/custom/send", body, access_token=wecom)["errcode"] == 40001
    assert official.post("message/custom/send", body)["errcode"] == 41001
    mine = official.token()["access_token"]
    path = f"/sandbox/cgi-bin/message/send?access_token={mine}"
    answer = official.client.post(path, {}, content_type="application/json")
    assert answer.json()["errcode"] == 40014
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert official.post("message/custom/send", body, access_token=mine)["errcode"] == 42001


def test_five_messages_within_forty_eight_hours_of_the_followers_last(official):
    assert official.call("custom/send", SILENT, **TEXT) == 45015
    official.wrote(SILENT)
    assert [official.call("custom/send", SILENT, **TEXT) for _ in range(6)] == [0] * 5 + [45047]
    official.wrote(SILENT)
    assert official.call("custom/send", SILENT, **TEXT) == 0
    long_ago = (timezone.now() - timedelta(hours=49)).isoformat()
    official.wrote(SILENT, last_message_at=long_ago)
    assert official.call("custom/send", SILENT, **TEXT) == 45015
    assert official.call("custom/send", ZHANGSAN, **TEXT) == 0
    official.wrote(ZHANGSAN, last_message_at=None)
    assert official.call("custom/send", ZHANGSAN, **TEXT) == 45015


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"msgtype": "sticker"}, 40008),
        ({"msgtype": "text"}, 44004),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": {"content": "字" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": "字" * 682}}, 0),
    ],
)
def test_words_have_their_shape_and_their_length(official, body, errcode):
    assert official.call("custom/send", ZHANGSAN, **body) == errcode


@pytest.mark.parametrize(
    ("openid", "errcode"),
    [
        ("oUnknown000000000000000000001", 40003),
        ("x", 40003),
        ("oGone000000000000000000000001", 43004),
    ],
)
@pytest.mark.parametrize("path", ["custom/send", "template/send", "subscribe/bizsend"])
def test_strangers_are_refused(official, path, openid, errcode):
    assert official.call(path, openid, **TEXT, template_id="t", data=DATA) == errcode


@pytest.mark.parametrize(
    ("fields", "errcode"),
    [
        ({"template_id": "unknown-1", "data": DATA}, 40037),
        ({"data": DATA}, 40037),
        ({"template_id": "t"}, 47003),
        ({"template_id": "t", "data": {"k": "bare"}}, 47003),
        ({"template_id": "t", "data": DATA, "client_msg_id": "x" * 33}, 40035),
        ({"template_id": "t", "data": DATA, "client_msg_id": "x" * 32}, 0),
    ],
)
def test_a_template_message_has_its_shape(official, fields, errcode):
    assert official.call("template/send", SILENT, **fields) == errcode


def test_the_same_client_msg_id_is_one_message_for_ten_minutes(official):
    token = official.token()["access_token"]
    body = {"touser": SILENT, "template_id": "t", "data": DATA, "client_msg_id": "MSG1"}

    def send():
        return official.post("message/template/send", body, access_token=token)["msgid"]

    first = send()
    assert send() == first
    assert Delivery.objects.count() == 1
    Delivery.objects.update(received_at=timezone.now() - timedelta(minutes=11))
    assert send() != first


@pytest.mark.parametrize(
    ("key", "value", "errcode"),
    [
        ("thing1", "字" * 20, 0),
        ("thing1", "字" * 21, 47003),
        ("character_string2", "中", 47003),
        ("phrase3", "处理完成了", 0),
        ("phrase3", "处理完成了吗", 47003),
        ("const4", "x", 0),
    ],
)
def test_a_subscribe_message_keeps_to_the_lengths_of_its_fields(official, key, value, errcode):
    data = {key: {"value": value}}
    assert official.call("subscribe/bizsend", SILENT, template_id="t", data=data) == errcode


def test_who_subscribes_to_nothing_gets_nothing(official):
    openid = "oRefuses00000000000000000001"
    assert official.call("subscribe/bizsend", openid, template_id="t", data=DATA) == 43101
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("body", [{"openid": "x"}, {}, {"openid": SILENT, "last_message_at": "x"}])
def test_a_follower_that_cannot_be_is_400(official, body):
    answer = official.client.post("/sandbox/api/followers", body, content_type="application/json")
    assert answer.status_code == 400
