"""Calling the company back, as Tencent does: encrypted, over HTTP, again if not answered with 200."""

import json
import secrets
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from xml.sax.saxutils import escape

import requests
from django.conf import settings
from django.db import connections
from django.utils import timezone

from wechat.simulator import crypto
from wechat.simulator.models import ChatMessage, ResponseCode

TIMEOUT_SECONDS = 5
TRIES = 3
RESPONSE_CODE_HOURS = 1
AIBOT_PATH = "/api/wechat/aibot"
APP_PATH = "/api/wechat/work-message"


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
        _query(settings.AIBOT_TOKEN, encrypted, timestamp),
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
        APP_PATH, _query(settings.WECOM_TOKEN, encrypted, timestamp), body.encode(), "text/xml"
    )


def send(sealed: Sealed) -> requests.Response:
    """One request; raises what `requests` raises."""
    return requests.post(
        settings.SANDBOX_CALLBACK_BASE + sealed.path,
        params=sealed.query,
        data=sealed.body,
        headers={"Content-Type": sealed.content_type},
        timeout=TIMEOUT_SECONDS,
        allow_redirects=False,
    )


def call_back(message: ChatMessage) -> None:
    """Tells the company what a person wrote, in the background, as long as that takes."""
    plain = _group_or_single(message)
    threading.Thread(target=_deliver, args=(message.pk, plain), daemon=True).start()


def _group_or_single(message: ChatMessage) -> str:
    if message.chat_id.startswith("app:"):
        return app_text(message.sender, message.content["text"]["content"], str(message.pk))
    return _group_text(message)


def app_text(user: str, content: str, number: str) -> str:
    """The XML of a text that a member sent to the app (wechat-protocol.md §2.1)."""
    return (
        f"<xml><ToUserName><![CDATA[{settings.WECOM_CORP_ID}]]></ToUserName>"
        f"<FromUserName>{escape(user)}</FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{escape(content)}</Content><MsgId>73{number:>017}</MsgId>"
        f"<AgentID>{settings.WECOM_AGENT_ID}</AgentID></xml>"
    )


def _group_text(message: ChatMessage) -> str:
    """The JSON of a message in a group that mentions the robot (§3.1), with its quote if any."""
    code = secrets.token_urlsafe(16)
    ResponseCode.objects.create(
        code=code,
        message=message,
        expires_at=timezone.now() + timedelta(hours=RESPONSE_CODE_HOURS),
    )
    base = settings.WECOM_API_BASE
    payload = {
        "msgid": f"SIM{message.pk}-{secrets.token_hex(6)}",
        "aibotid": "AIBOT-SANDBOX",
        "chatid": message.chat_id,
        "chattype": "group",
        "from": {"userid": message.sender},
        "response_url": f"{base}/cgi-bin/aibot/response?response_code={code}",
        "msgtype": "text",
        "text": message.content["text"],
    }
    if message.quote is not None:
        quoted = message.quote.content
        words = quoted.get(quoted.get("msgtype", ""), {}).get("content", "")
        payload["quote"] = {"msgtype": "text", "text": {"content": words}}
    return json.dumps(payload, ensure_ascii=False)


def _deliver(message_id: int, plain: str) -> None:
    """Up to three tries, each encrypted anew; the outcome is shown on the sender's bubble."""
    note = "回调失败"
    try:
        for number in range(1, TRIES + 1):
            sealed = seal_xml(plain) if plain.startswith("<xml>") else seal_json(plain)
            try:
                response = send(sealed)
            except requests.RequestException as error:
                note = f"回调失败：{type(error).__name__}"
                continue
            if response.status_code == 200:
                note = "已回调" if number == 1 else f"第 {number} 次回调成功"
                break
            note = f"回调失败：HTTP {response.status_code}"
        ChatMessage.objects.filter(pk=message_id).update(callback_note=note)
    finally:
        connections.close_all()


def _query(token: str, encrypted: str, timestamp: str) -> dict[str, str]:
    moment, nonce = timestamp or str(int(time.time())), secrets.token_hex(5)
    return {
        "msg_signature": crypto.sign(token, moment, nonce, encrypted),
        "timestamp": moment,
        "nonce": nonce,
    }
