"""Tencent's side of the Official Account: callbacks in each mode and form, the reply opened again."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import xmltodict
from django.conf import settings
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from tests.wechat.simulator.conftest import sha1
from tickets.models import AgentPresence, ChatAgent
from wechat.callbacks import work
from wechat.models import Callback, CallbackStatus, OfficialFollower
from wechat.simulator import crypto

PATH = "/api/wechat/mp-message"
OPENID = "oSomebodyWhoNeverWrote000001"
MODES = ("plain", "compatible", "safe")
FORMS = ("xml", "json")


def fields(kind: str = "text", **more: Any) -> dict[str, Any]:
    """What every callback says first; `kind` is a message's type or an event's name."""
    known = kind in ("text", "image", "voice", "video", "shortvideo", "location", "link")
    what = {"MsgType": kind} if known else {"MsgType": "event", "Event": kind}
    return {
        "ToUserName": "gh_demo",
        "FromUserName": OPENID,
        "CreateTime": int(time.time()),
        **what,
        **more,
    }


def written(said: dict[str, Any], form: str = "xml") -> str:
    if form == "json":
        return json.dumps(said, ensure_ascii=False)
    return xmltodict.unparse({"xml": said}, full_document=False)


@dataclass
class Answer:
    status: int
    raw: str
    kind: str

    def reply(self) -> dict[str, Any] | None:
        """What the follower sees at once; None for `success`."""
        if self.raw in ("", "success"):
            return None
        packet = self._parsed(self.raw)
        if "Encrypt" not in packet:
            return packet
        moment, nonce = str(packet["TimeStamp"]), str(packet["Nonce"])
        expected = sha1(settings.MP_TOKEN, moment, nonce, packet["Encrypt"])
        assert packet["MsgSignature"] == expected
        plain = crypto.decrypt(settings.MP_ENCODING_AES_KEY, packet["Encrypt"], settings.MP_APP_ID)
        return self._parsed(plain)

    @property
    def words(self) -> str | None:
        reply = self.reply()
        return None if reply is None else reply["Content"]

    def _parsed(self, text: str) -> dict[str, Any]:
        if text.startswith("{"):
            return dict(json.loads(text))
        return dict(xmltodict.parse(text)["xml"])


def tell(
    said: dict[str, Any] | str,
    mode: str = "safe",
    form: str = "xml",
    *,
    age: int = 0,
    app_id: str | None = None,
    **spoil: Any,
) -> Answer:
    """POSTs as the platform does; `spoil` changes the query after it was signed."""
    plain = said if isinstance(said, str) else written(said, form)
    moment, nonce = str(int(time.time()) - age), "n"
    query = {
        "signature": sha1(settings.MP_TOKEN, moment, nonce),
        "timestamp": moment,
        "nonce": nonce,
        "openid": OPENID,
    }
    body = plain
    if mode != "plain":
        encrypted = crypto.encrypt(
            settings.MP_ENCODING_AES_KEY, plain, app_id or settings.MP_APP_ID
        )
        query["msg_signature"] = sha1(settings.MP_TOKEN, moment, nonce, encrypted)
        query["encrypt_type"] = "aes"
        outer: dict[str, Any] = {"ToUserName": "gh_demo"}
        if mode == "compatible" and isinstance(said, dict):
            outer = dict(said)
        body = written({**outer, "Encrypt": encrypted}, form)
    kind = "application/json" if form == "json" else "text/xml"
    response = Client().post(PATH, body, content_type=kind, query_params={**query, **spoil})
    return Answer(response.status_code, response.content.decode(), response["Content-Type"])


def worked(said: dict[str, Any], form: str = "xml") -> Answer:
    """`tell`, and a worker has acted on what was not answered at once."""
    answer = tell(said, form=form)
    for pk in Callback.objects.filter(status=CallbackStatus.RECEIVED).values_list("pk", flat=True):
        work.work(pk)
    return answer


@pytest.fixture
def callback() -> Any:
    """The one that was stored last."""
    return lambda: Callback.objects.latest("id")


@pytest.fixture
def follower() -> Any:
    def find(openid: str = OPENID) -> OfficialFollower:
        return OfficialFollower.objects.select_related("customer").get(openid=openid)

    return find


@pytest.fixture
def agent(lisi: Any) -> Any:
    """On duty for chats."""
    ChatAgent.objects.create(user=lisi)
    AgentPresence.objects.create(
        user=lisi, status="online", holds_until=timezone.now() + timedelta(hours=8)
    )
    return lisi


@pytest.fixture
def known(db: None) -> Customer:
    """Somebody who has followed already."""
    tell(fields("subscribe", EventKey=""))
    return OfficialFollower.objects.get(openid=OPENID).customer
