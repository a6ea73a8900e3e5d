"""Followers who act over the sandbox's API, and an account that hears them over real HTTP."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import xmltodict
from django.conf import settings as django_settings
from django.test import Client
from wechatpy.crypto.base import BasePrpCrypto

from tests.wechat.simulator.conftest import sha1
from tests.wechat.simulator.listening import listening

PATH = "/api/wechat/mp-message"


class Account:
    """What listens at the account's address: opens and seals with wechatpy's cipher.

    `answers` are given in turn, the last one again and again: bytes as they are, a dictionary as a
    reply in the mode and format of the callback, a number as an HTTP status.
    """

    def __init__(self) -> None:
        self.answers: list[bytes | dict[str, Any] | int] = [b"success"]
        self.heard: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        self.bodies: list[bytes] = []

    def hear(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        assert path == PATH
        is_json = body.startswith(b"{")
        outer = json.loads(body) if is_json else xmltodict.parse(body)["xml"]
        token, moment, nonce = django_settings.MP_TOKEN, query["timestamp"], query["nonce"]
        assert query["signature"] == sha1(token, moment, nonce)
        self.queries.append(query)
        self.bodies.append(body)
        if "Encrypt" in outer:
            assert query["msg_signature"] == sha1(token, moment, nonce, outer["Encrypt"])
            plain = _cipher()._decrypt(outer["Encrypt"], django_settings.MP_APP_ID)
            inner = json.loads(plain) if is_json else xmltodict.parse(plain)["xml"]
        else:
            inner = outer
        self.heard.append(inner)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, int):
            return answer, b""
        if isinstance(answer, bytes):
            return 200, answer
        reply = {
            "ToUserName": inner["FromUserName"],
            "FromUserName": inner["ToUserName"],
            "CreateTime": int(time.time()),
            **answer,
        }
        return 200, self._written(reply, is_json=is_json, is_sealed="Encrypt" in outer)

    def _written(self, reply: dict[str, Any], *, is_json: bool, is_sealed: bool) -> bytes:
        def write(fields: dict[str, Any]) -> str:
            return json.dumps(fields) if is_json else str(xmltodict.unparse({"xml": fields}))

        if not is_sealed:
            return write(reply).encode()
        encrypted = _cipher()._encrypt(write(reply), django_settings.MP_APP_ID).decode()
        moment = str(int(time.time()))
        packet = {
            "Encrypt": encrypted,
            "MsgSignature": sha1(django_settings.MP_TOKEN, moment, "n", encrypted),
            "TimeStamp": int(moment),
            "Nonce": "n",
        }
        return write(packet).encode()


def _cipher() -> BasePrpCrypto:
    return BasePrpCrypto(base64.b64decode(django_settings.MP_ENCODING_AES_KEY + "="))


@pytest.fixture
def account(transactional_db: None, settings: Any) -> Iterator[Account]:
    ours = Account()
    with listening(ours.hear, settings):
        yield ours


class Fan:
    """Somebody with a phone."""

    def __init__(self, openid: str) -> None:
        self.client = Client()
        self.openid = openid

    def act(self, act: str, **fields: Any) -> Any:
        body = {"act": act, "openid": self.openid, **fields}
        return self.client.post("/sandbox/api/official", body, content_type="application/json")

    def does(self, act: str, **fields: Any) -> dict[str, Any]:
        response = self.act(act, **fields)
        assert response.status_code == 200, response.content
        return dict(response.json())

    def sees(self) -> list[tuple[str, str]]:
        """Who said what on the phone, oldest first."""
        rows = self.client.get(f"/sandbox/api/chats/mp:{self.openid}/messages").json()["list"]
        return [
            (row["content"].get("way", "me"), row["content"][row["kind"]].get("content", ""))
            for row in rows
        ]


@pytest.fixture
def fan(account: Account) -> Fan:
    return Fan("oFollowerOfTheTests00000001")
