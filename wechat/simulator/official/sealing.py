"""The account's callbacks in its three modes and two formats (§1.3), and the replies to them."""

import json
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from django.conf import settings

from wechat.simulator import callbacks, crypto
from wechat.simulator.answers import is_storable
from wechat.simulator.callbacks import BadReply, Sealed
from wechat.simulator.envelopes import xml_of

PATH = "/api/wechat/mp-message"
MODES = ("safe", "compatible", "plain")
FORMATS = ("xml", "json")
# Both say: accepted, nothing to answer.
NOTHING = (b"", b"success")


@dataclass(frozen=True)
class Console:
    """What the account's console is set to."""

    mode: str = "safe"
    format: str = "xml"


def seal(fields: dict[str, Any], console: Console) -> Sealed:
    """One callback of the follower in `FromUserName`, sealed anew each time."""
    openid = str(fields["FromUserName"])
    plain = written(fields, console)
    if console.mode == "plain":
        signed = callbacks.signed(settings.MP_TOKEN, "")
        query = {"signature": signed.pop("msg_signature"), **signed, "openid": openid}
        return Sealed(PATH, query, plain.encode(), _content_type(console))
    encrypted = crypto.encrypt(settings.MP_ENCODING_AES_KEY, plain, settings.MP_APP_ID)
    query = callbacks.signed(settings.MP_TOKEN, encrypted)
    query |= {
        "signature": crypto.sign(settings.MP_TOKEN, query["timestamp"], query["nonce"], ""),
        "openid": openid,
        "encrypt_type": "aes",
    }
    visible = fields if console.mode == "compatible" else {"ToUserName": fields["ToUserName"]}
    body = written({**visible, "Encrypt": encrypted}, console)
    return Sealed(PATH, query, body.encode(), _content_type(console))


def written(fields: dict[str, Any], console: Console) -> str:
    return json.dumps(fields, ensure_ascii=False) if console.format == "json" else xml_of(fields)


def reply_in(body: bytes, openid: str, console: Console) -> dict[str, Any] | None:
    """The passive reply, or None. Raises `BadReply` for what the platform would not show."""
    if body.strip() in NOTHING:
        return None
    try:
        reply = _parsed(body.decode(), console)
        sealed = reply.get("Encrypt")
        if sealed is None and console.mode == "safe":
            raise BadReply("安全模式的应答没有加密")
        if sealed is not None:
            reply = _opened(reply, console)
        parties = (reply["ToUserName"], reply["FromUserName"])
        if parties != (openid, callbacks.OFFICIAL_NAME) or not isinstance(reply["MsgType"], str):
            raise BadReply("应答的收发双方或 MsgType 不对")
        if not str(reply["CreateTime"]).isdigit():
            raise BadReply("应答的 CreateTime 不对")
    except (ValueError, KeyError, TypeError, AttributeError, ExpatError) as error:
        raise BadReply("应答无法解密或解析") from error
    if not is_storable(reply):
        raise BadReply("应答含无效字符")
    return reply


def _opened(packet: dict[str, Any], console: Console) -> dict[str, Any]:
    encrypted = str(packet["Encrypt"])
    moment, nonce = str(packet["TimeStamp"]), str(packet["Nonce"])
    callbacks.check(settings.MP_TOKEN, moment, nonce, encrypted, str(packet["MsgSignature"]))
    plain = crypto.decrypt(settings.MP_ENCODING_AES_KEY, encrypted, settings.MP_APP_ID)
    return _parsed(plain, console)


def _parsed(text: str, console: Console) -> dict[str, Any]:
    parsed = json.loads(text) if console.format == "json" else xmltodict.parse(text)["xml"]
    if not isinstance(parsed, dict):
        raise BadReply("应答不是消息")
    return parsed


def _content_type(console: Console) -> str:
    return "application/json" if console.format == "json" else "text/xml"
