"""The Official Account's callbacks, opened and answered (wechat-protocol.md §1.3).

Plain, compatible and safe mode, as XML or JSON by the console's setting; of a body that is sealed
only what was sealed is believed, and a passive reply takes the form of what it answers.
"""

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from messaging.markup import cut_utf8
from wechat.callbacks import crypto
from wechat.callbacks.crypto import Envelope, MalformedCallbackError

TEXT_BYTES = 2048
# What XML 1.0 cannot hold, not even in CDATA.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Opened:
    """What a callback says, and the form that an answer to it takes."""

    payload: dict[str, Any]
    plain: str
    is_json: bool
    is_sealed: bool


def checked_echo(query: Mapping[str, str]) -> str:
    """The console's check of our URL: the echostr as it came, once its signature is right.

    Raises `ForgedCallbackError`, `MalformedCallbackError`.
    """
    echostr = query.get("echostr", "")
    if not echostr:
        raise MalformedCallbackError
    crypto.check_signature(crypto.official_keys(), _envelope(query, "signature"))
    return echostr


def opened(query: Mapping[str, str], body: bytes) -> Opened:
    """What the platform says. Raises `ForgedCallbackError`, `MalformedCallbackError`."""
    if len(body) > settings.CALLBACK_BODY_LIMIT_BYTES:
        raise MalformedCallbackError
    is_json = body.lstrip()[:1] == b"{"
    outer = _parsed(body)
    sealed = outer.get("Encrypt")
    if sealed is None and query.get("encrypt_type", "raw") != "aes":
        crypto.check_signature(crypto.official_keys(), _envelope(query, "signature"))
        return Opened(outer, body.decode(errors="replace"), is_json, is_sealed=False)
    if not isinstance(sealed, str):
        raise MalformedCallbackError
    plain = crypto.open_sealed(crypto.official_keys(), _envelope(query, "msg_signature"), sealed)
    return Opened(_parsed(plain.encode()), plain, is_json, is_sealed=True)


def passive_reply(call: Opened, text: str) -> tuple[str, str]:
    """The answer's body and its content type: a text to whoever wrote."""
    message: dict[str, str | int] = {
        "ToUserName": str(call.payload.get("FromUserName") or ""),
        "FromUserName": str(call.payload.get("ToUserName") or ""),
        "CreateTime": int(time.time()),
        "MsgType": "text",
        "Content": cut_utf8(text, TEXT_BYTES),
    }
    written = _written(message, is_json=call.is_json)
    if call.is_sealed:
        timestamp, nonce = int(time.time()), secrets.token_hex(5)
        encrypted, signature = crypto.seal(
            crypto.official_keys(), written, timestamp=str(timestamp), nonce=nonce
        )
        packet: dict[str, str | int] = {
            "Encrypt": encrypted,
            "MsgSignature": signature,
            "TimeStamp": timestamp,
            "Nonce": nonce,
        }
        written = _written(packet, is_json=call.is_json)
    return written, "application/json" if call.is_json else "text/xml; charset=utf-8"


def _written(fields: dict[str, str | int], *, is_json: bool) -> str:
    if is_json:
        return json.dumps(fields, ensure_ascii=False)
    inside = "".join(f"<{name}>{_element(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>"


def _element(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    safe = _UNWRITABLE.sub("", value).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{safe}]]>"


def _parsed(body: bytes) -> dict[str, Any]:
    return crypto.parse_json(body) if body.lstrip()[:1] == b"{" else crypto.parse_xml(body)


def _envelope(query: Mapping[str, str], name: str) -> Envelope:
    parts = [query.get(part, "") for part in (name, "timestamp", "nonce")]
    if not all(parts):
        raise MalformedCallbackError
    return Envelope(*parts)
