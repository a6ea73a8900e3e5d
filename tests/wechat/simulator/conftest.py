"""Speaking to the simulated platform, and a company that it calls back over real HTTP."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import xmltodict
from django.conf import settings as django_settings
from django.test import Client
from wechatpy.crypto.base import BasePrpCrypto

from tests.wechat.simulator.listening import listening

ROBOT_KEY = "robot-key"


class Tencent:
    """The platform's API as a well-behaved client sees it: JSON in, JSON with `errcode` out."""

    def __init__(self) -> None:
        self.client = Client()
        self._token = ""

    @property
    def token(self) -> str:
        if not self._token:
            self._token = self.get(
                "gettoken",
                corpid=django_settings.WECOM_CORP_ID,
                corpsecret=django_settings.WECOM_CORP_SECRET,
            )["access_token"]
        return self._token

    def get(self, path: str, **query: str) -> dict[str, Any]:
        response = self.client.get(f"/sandbox/cgi-bin/{path}", query)
        assert response.status_code == 200
        return dict(response.json())

    def post(self, path: str, body: Any, **query: str) -> dict[str, Any]:
        response = self.client.post(
            f"/sandbox/cgi-bin/{path}", body, content_type="application/json", query_params=query
        )
        assert response.status_code == 200
        return dict(response.json())

    def send(self, touser: str = "lisi", **fields: Any) -> dict[str, Any]:
        """`message/send` of a text, unless `fields` say otherwise."""
        body = {
            "touser": touser,
            "agentid": django_settings.WECOM_AGENT_ID,
            "msgtype": "text",
            "text": {"content": "你好"},
            **fields,
        }
        return self.post("message/send", body, access_token=self.token)

    def robot(self, **body: Any) -> dict[str, Any]:
        """`webhook/send` with the group's key."""
        return self.post("webhook/send", body, key=ROBOT_KEY)

    def outbox(self, **query: Any) -> list[dict[str, Any]]:
        return list(self.client.get("/sandbox/api/outbox", query).json()["list"])

    def fault(self, **order: Any) -> Any:
        return self.client.post("/sandbox/api/faults", order, content_type="application/json")


@pytest.fixture
def tencent(db: None, settings: Any) -> Tencent:
    settings.GROUP_WEBHOOK_URL = f"http://127.0.0.1/sandbox/cgi-bin/webhook/send?key={ROBOT_KEY}"
    return Tencent()


class Company:
    """What listens at the callback addresses: opens and seals with wechatpy's cipher.

    `answers` are given in turn, the last one again and again: bytes or a dictionary to be sealed
    as a passive reply, or a number, an HTTP status without a body.
    """

    def __init__(self) -> None:
        self.answers: list[bytes | dict[str, Any] | int] = [b""]
        self.heard: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.spoil: Callable[[dict[str, Any]], dict[str, Any]] = lambda packet: packet

    def hear(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, bytes]:
        is_robot = path == "/api/wechat/aibot"
        assert is_robot or path == "/api/wechat/work-message"
        encrypted = (
            json.loads(body)["encrypt"] if is_robot else xmltodict.parse(body)["xml"]["Encrypt"]
        )
        token = django_settings.AIBOT_TOKEN if is_robot else django_settings.WECOM_TOKEN
        signed = sha1(token, query["timestamp"], query["nonce"], encrypted)
        assert signed == query["msg_signature"]
        plain = _cipher(is_robot=is_robot)._decrypt(encrypted, _receiver(is_robot=is_robot))
        self.queries.append(query)
        self.bodies.append(body)
        self.heard.append(json.loads(plain) if is_robot else xmltodict.parse(plain)["xml"])
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, int):
            return answer, b""
        if isinstance(answer, bytes):
            return 200, answer
        return 200, self._sealed(answer, query["nonce"], is_robot=is_robot)

    def _sealed(self, reply: dict[str, Any], nonce: str, *, is_robot: bool) -> bytes:
        plain = json.dumps(reply) if is_robot else xmltodict.unparse({"xml": reply})
        cipher = _cipher(is_robot=is_robot)
        encrypted = cipher._encrypt(plain, _receiver(is_robot=is_robot)).decode()
        moment = str(int(time.time()))
        token = django_settings.AIBOT_TOKEN if is_robot else django_settings.WECOM_TOKEN
        signature = sha1(token, moment, nonce, encrypted)
        if is_robot:
            packet = {"encrypt": encrypted, "msgsignature": signature, "nonce": nonce}
            return json.dumps(self.spoil({**packet, "timestamp": int(moment)})).encode()
        packet = {"Encrypt": encrypted, "MsgSignature": signature, "Nonce": nonce}
        return xmltodict.unparse({"xml": self.spoil({**packet, "TimeStamp": moment})}).encode()


def sha1(*parts: str) -> str:
    joined = "".join(sorted(parts)).encode()
    return hashlib.sha1(joined).hexdigest()  # noqa: S324 - the platform's choice


def _cipher(*, is_robot: bool) -> BasePrpCrypto:
    name = "AIBOT_ENCODING_AES_KEY" if is_robot else "WECOM_ENCODING_AES_KEY"
    return BasePrpCrypto(base64.b64decode(getattr(django_settings, name) + "="))


def _receiver(*, is_robot: bool) -> str:
    return "" if is_robot else str(django_settings.WECOM_CORP_ID)


@pytest.fixture
def company(transactional_db: None, settings: Any) -> Iterator[Company]:
    ours = Company()
    with listening(ours.hear, settings):
        yield ours


class Chat:
    """One conversation of the page, over the page's own API."""

    def __init__(self, chat_id: str) -> None:
        self.client = Client()
        self.path = f"/sandbox/api/chats/{chat_id}/messages"

    def messages(self, **query: Any) -> list[dict[str, Any]]:
        return list(self.client.get(self.path, query).json()["list"])

    def post(self, **body: Any) -> Any:
        return self.client.post(self.path, body, content_type="application/json")

    def say(self, content: str, sender: str = "lisi", **more: Any) -> dict[str, Any]:
        response = self.post(**{"from": sender}, content=content, **more)
        assert response.status_code == 201, response.content
        return dict(response.json())

    def told(self, said: dict[str, Any]) -> dict[str, Any]:
        """The message once its callback is over."""
        return self.until(
            lambda: next(
                row
                for row in self.messages()
                if row["id"] == said["id"] and row["callback_state"] != "pending"
            )
        )

    def until(self, find: Callable[[], dict[str, Any]], seconds: float = 15) -> dict[str, Any]:
        """What `find` finds, asked again while it finds nothing; fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                return find()
            except StopIteration:
                time.sleep(0.02)
        pytest.fail(f"not within {seconds} s: {self.messages()}")


@pytest.fixture
def group(company: Company) -> Chat:
    return Chat("test_group_001")


@pytest.fixture
def single(company: Company) -> Chat:
    return Chat("app:lisi")
