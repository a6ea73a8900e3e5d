"""The simulated Feishu robots refuse what Feishu refuses."""

import base64
import hashlib
import hmac
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from wechat.simulator.models import Delivery

pytestmark = pytest.mark.django_db
TEXT = {"msg_type": "text", "content": {"text": "你好"}}


def post(body, token="sandbox-plain"):
    path = f"/sandbox/open-apis/bot/v2/hook/{token}"
    return Client().post(path, body, content_type="application/json").json()


def signed(body, *, age=0, secret="sandbox-feishu-secret"):
    timestamp = str(int(time.time()) - age)
    key = f"{timestamp}\n{secret}".encode()
    sign = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    return {"timestamp": timestamp, "sign": sign, **body}


def test_a_signed_text_is_taken_and_shown():
    assert post(signed(TEXT), "sandbox-signed") == {"code": 0, "msg": "success", "data": {}}
    row = Delivery.objects.get()
    assert (row.channel, row.to) == ("FEISHU", "sandbox-signed")
    assert row.payload["content"] == {"text": "你好"}


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        signed(TEXT, secret="another"),
        signed(TEXT, age=3700),
        {**signed(TEXT), "timestamp": "x"},
        {**signed(TEXT), "sign": ""},
    ],
)
def test_a_missing_wrong_or_old_signature_is_19021(body):
    assert post(body, "sandbox-signed")["code"] == 19021
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"msg_type": "text"},
        {"msg_type": "text", "content": {"text": ""}},
        {"msg_type": "post", "content": {"post": {"zh_cn": {"content": [[{"tag": "b"}]]}}}},
        {"msg_type": "post", "content": {"post": {"zh_cn": {"content": [[{"tag": "a"}]]}}}},
        {"msg_type": "interactive", "card": {}},
        {"msg_type": "sticker"},
        {"msg_type": "text", "content": {"text": "字" * 6900}},
        b"[",
    ],
)
def test_a_wrong_shape_or_more_than_twenty_kilobytes_is_9499(body):
    assert post(body)["code"] == 9499
    assert not Delivery.objects.exists()


def test_an_unknown_robot_and_a_missing_keyword_have_their_codes():
    assert post(TEXT, "other")["code"] == 19001
    assert post(TEXT, "sandbox-keyword")["code"] == 19024
    assert post({**TEXT, "content": {"text": "告警"}}, "sandbox-keyword")["code"] == 0


def test_five_a_second_and_a_hundred_a_minute():
    assert [post(TEXT)["code"] for _ in range(6)] == [0] * 5 + [11232]
    Delivery.objects.update(received_at=timezone.now() - timedelta(seconds=2))
    Delivery.objects.bulk_create(
        Delivery(
            channel="FEISHU",
            to="sandbox-plain",
            payload={},
            received_at=timezone.now() - timedelta(seconds=30),
        )
        for _ in range(94)
    )
    assert [post(TEXT)["code"] for _ in range(2)] == [0, 11232]
