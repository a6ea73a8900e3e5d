"""Calling the company back: sealed, over HTTP, and its sealed reply opened (§§1.1, 1.4)."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

import requests
import xmltodict
from django.conf import settings

from wechat.simulator import crypto, faults
from wechat.simulator.answers import is_storable

TIMEOUT_SECONDS = 5
AIBOT_PATH = "/api/wechat/aibot"
APP_PATH = "/api/wechat/work-message"
OFFICIAL_NAME = "gh_sandbox0000"


class BadReply(Exception):
    """The company answered 200 with something that is no sealed reply."""


@dataclass(frozen=True)
class Sealed:
    """A callback ready to be sent: where to, with which query, and what."""

    path: str
    query: dict[str, str]
    body: bytes
    content_type: str


def seal_json(plain: str, *, timestamp: str = "", receive_id: str = "") -> Sealed:
    """For the smart robot: `{"encrypt": …}`, receive id empty."""
    encrypted = crypto.encrypt(settings.AIBOT_ENCODING_AES_KEY, plain, receive_id)
    return Sealed(
        AIBOT_PATH,
        signed(settings.AIBOT_TOKEN, encrypted, timestamp),
        json.dumps({"encrypt": encrypted}).encode(),
        "application/json",
    )


def seal_xml(plain: str, *, timestamp: str = "", receive_id: str | None = None) -> Sealed:
    """For the app: `<xml>…<Encrypt>…`, receive id the CorpID."""
    corp = settings.WECOM_CORP_ID if receive_id is None else receive_id
    encrypted = crypto.encrypt(settings.WECOM_ENCODING_AES_KEY, plain, corp)
    body = (
        f"<xml><ToUserName><![CDATA[{settings.WECOM_CORP_ID}]]></ToUserName>"
        f"<AgentID>{settings.WECOM_AGENT_ID}</AgentID>"
        f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    )
    return Sealed(
        APP_PATH, signed(settings.WECOM_TOKEN, encrypted, timestamp), body.encode(), "text/xml"
    )


def app_text(user: str, content: str, number: str) -> str:
    """The XML of a text that a member sent to the app (§2.1); `number` makes its MsgId."""
    return (
        f"<xml><ToUserName><![CDATA[{settings.WECOM_CORP_ID}]]></ToUserName>"
        f"<FromUserName>{escape(user)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{escape(content)}</Content><MsgId>73{number:>017}</MsgId>"
        f"<AgentID>{settings.WECOM_AGENT_ID}</AgentID></xml>"
    )


def send(sealed: Sealed) -> requests.Response:
    """One request, or what the fault ordered for callbacks makes of it; raises what `requests` does."""
    fault = faults.take(faults.CALLBACK)
    if fault is not None and fault.mode == "lost":
        raise requests.ConnectionError("lost on order")
    if fault is not None and fault.mode == "late":
        time.sleep(fault.seconds)
    if fault is not None and fault.mode == "double":
        _post(sealed)
    return _post(sealed)


def _post(sealed: Sealed) -> requests.Response:
    return requests.post(
        settings.SANDBOX_CALLBACK_BASE + sealed.path,
        params=sealed.query,
        data=sealed.body,
        headers={"Content-Type": sealed.content_type},
        timeout=TIMEOUT_SECONDS,
        allow_redirects=False,
    )


def open_json(body: bytes, nonce: str) -> dict[str, Any] | None:
    """The robot's passive reply; None when there is none. Raises `BadReply`.

    The reply must be signed with the nonce of the callback's URL.
    """
    if not body.strip():
        return None
    try:
        packet = json.loads(body)
        encrypted, timestamp = str(packet["encrypt"]), str(packet["timestamp"])
        signature = str(packet["msgsignature"])
        if packet["nonce"] != nonce:
            raise BadReply("nonce 与回调不一致")
        check(settings.AIBOT_TOKEN, timestamp, nonce, encrypted, signature)
        plain = json.loads(crypto.decrypt(settings.AIBOT_ENCODING_AES_KEY, encrypted, ""))
    except (ValueError, KeyError, TypeError) as error:
        raise BadReply("应答无法解密或解析") from error
    if not isinstance(plain, dict) or not is_storable(plain):
        raise BadReply("应答不是 JSON 对象，或含无效字符")
    return plain


def open_xml(body: bytes) -> dict[str, Any] | None:
    """The app's passive reply, the children of `<xml>`, or None. Raises `BadReply`."""
    if not body.strip():
        return None
    try:
        packet = xmltodict.parse(body)["xml"]
        encrypted, signature = str(packet["Encrypt"]), str(packet["MsgSignature"])
        check(
            settings.WECOM_TOKEN,
            str(packet["TimeStamp"]),
            str(packet["Nonce"]),
            encrypted,
            signature,
        )
        plain = crypto.decrypt(settings.WECOM_ENCODING_AES_KEY, encrypted, settings.WECOM_CORP_ID)
        content = xmltodict.parse(plain)["xml"]
    except (ValueError, KeyError, TypeError, ExpatError) as error:
        raise BadReply("应答无法解密或解析") from error
    if not isinstance(content, dict):
        raise BadReply("应答不是 XML 消息")
    return content


def check(token: str, timestamp: str, nonce: str, encrypted: str, signature: str) -> None:
    """Raises `BadReply` for a wrong signature of a reply."""
    if signature != crypto.sign(token, timestamp, nonce, encrypted):
        raise BadReply("应答签名不对")


def signed(token: str, encrypted: str, timestamp: str = "") -> dict[str, str]:
    """The query of a sealed callback."""
    moment, nonce = timestamp or str(int(time.time())), secrets.token_hex(5)
    return {
        "msg_signature": crypto.sign(token, moment, nonce, encrypted),
        "timestamp": moment,
        "nonce": nonce,
    }
