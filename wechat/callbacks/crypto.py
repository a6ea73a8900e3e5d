"""The platform's callback cryptography (wechat-protocol.md §1.1, §1.2, §1.4).

The cipher is wechatpy's; around it stand a constant-time signature check, one single error for
every kind of bad input, and the age check that the platform leaves to us.
"""

import base64
import binascii
import hashlib
import hmac
import json
import math
import secrets
import time
from dataclasses import dataclass
from typing import Any

import xmltodict
from django.conf import settings
from wechatpy.crypto.base import BasePrpCrypto

from config.whole_number import whole_number

PAD_BLOCK = 32
# An EncodingAESKey: base64 of 32 bytes without its last sign.
KEY_CHARACTERS = 43
# How many lists and objects may stand in each other.
DEEPEST = 32


class ForgedCallbackError(Exception):
    """Signature, receiveid, age or ciphertext is wrong. They look alike to the caller: 403."""


class MalformedCallbackError(Exception):
    """What was sent is not a callback at all: 400."""


@dataclass(frozen=True)
class CallbackKeys:
    """One callback URL's secrets. `receive_id`: CorpID for an app, empty for a smart robot, AppID."""

    token: str
    encoding_aes_key: str
    receive_id: str


@dataclass(frozen=True)
class Envelope:
    """The query of a callback."""

    signature: str
    timestamp: str
    nonce: str


def app_keys() -> CallbackKeys:
    return CallbackKeys(
        settings.WECOM_TOKEN, settings.WECOM_ENCODING_AES_KEY, settings.WECOM_CORP_ID
    )


def aibot_keys() -> CallbackKeys:
    return CallbackKeys(settings.AIBOT_TOKEN, settings.AIBOT_ENCODING_AES_KEY, "")


def official_keys() -> CallbackKeys:
    return CallbackKeys(settings.MP_TOKEN, settings.MP_ENCODING_AES_KEY, settings.MP_APP_ID)


def signature(token: str, timestamp: str, nonce: str, encrypted: str = "") -> str:
    """sha1 over the sorted parts, hexadecimal; nothing encrypted in the Official Account's 明文."""
    joined = "".join(sorted([token, timestamp, nonce, encrypted]))
    return hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - the platform's choice


def open_sealed(keys: CallbackKeys, envelope: Envelope, encrypted: str) -> str:
    """The plain text of a sealed callback; raises `ForgedCallbackError` for anything amiss."""
    if len(keys.encoding_aes_key) != KEY_CHARACTERS:
        raise ForgedCallbackError
    check_signature(keys, envelope, encrypted)
    return _decrypt(keys, encrypted)


def check_signature(keys: CallbackKeys, envelope: Envelope, encrypted: str = "") -> None:
    """Raises `ForgedCallbackError` for a wrong signature, and for one that is too old."""
    expected = signature(keys.token, envelope.timestamp, envelope.nonce, encrypted)
    if not keys.token or not hmac.compare_digest(
        expected.encode(), envelope.signature.encode(errors="replace")
    ):
        raise ForgedCallbackError
    _check_age(envelope.timestamp)


def seal(
    keys: CallbackKeys, plain: str, *, timestamp: str, nonce: str, random16: str = ""
) -> tuple[str, str]:
    """Ciphertext and signature of a passive reply; `random16` only where a vector fixes it."""
    cipher = _Cipher(_key(keys), random16 or secrets.token_hex(8))
    encrypted = str(cipher._encrypt(plain, keys.receive_id).decode())
    return encrypted, signature(keys.token, timestamp, nonce, encrypted)


def parse_xml(body: bytes, *, root: str = "xml") -> dict[str, Any]:
    """The children of `<xml>`; raises `MalformedCallbackError`. Entities are refused by xmltodict."""
    try:
        parsed = xmltodict.parse(body)
    except Exception as error:  # expat, encoding and entity errors share no base class
        raise MalformedCallbackError from error
    content = parsed.get(root)
    if not isinstance(content, dict) or is_too_deep(content):
        raise MalformedCallbackError
    return content


def parse_json(body: bytes | str) -> dict[str, Any]:
    """An object that a database can keep; raises `MalformedCallbackError`."""
    try:
        parsed = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise MalformedCallbackError from error
    if not isinstance(parsed, dict) or is_too_deep(parsed):
        raise MalformedCallbackError
    return parsed


def is_too_deep(value: Any) -> bool:
    """No platform nests further; what does would exhaust whoever walks through it."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            item
            for outer in level
            for item in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(item, dict | list)
        ]
        if not level:
            return False
    return True


def _no_number(word: str) -> float:
    raise ValueError(word)


def _finite(text: str) -> float:
    found = float(text)
    return found if math.isfinite(found) else _no_number(text)


class _Cipher(BasePrpCrypto):  # type: ignore[misc]
    """wechatpy's cipher; opening checks the padding and compares in constant time."""

    def __init__(self, key: bytes, random16: str = "") -> None:
        super().__init__(key)
        self._random16 = random16

    def get_random_string(self) -> str:
        return self._random16

    def open(self, encrypted: str, receive_id: str) -> str:
        raw = self.cipher.decrypt(base64.b64decode(encrypted, validate=True))
        pad = raw[-1]
        if not 1 <= pad <= PAD_BLOCK or raw[-pad:] != bytes([pad]) * pad:
            raise ValueError("padding")
        content = raw[16:-pad]
        length = int.from_bytes(content[:4], "big")
        message, receiver = content[4 : 4 + length], content[4 + length :]
        if len(message) != length or not hmac.compare_digest(receiver, receive_id.encode()):
            raise ValueError("receiveid")
        return str(message.decode())


def _key(keys: CallbackKeys) -> bytes:
    return base64.b64decode(keys.encoding_aes_key + "=")


def _decrypt(keys: CallbackKeys, encrypted: str) -> str:
    try:
        return _Cipher(_key(keys)).open(encrypted, keys.receive_id)
    except (ValueError, IndexError, binascii.Error) as error:
        raise ForgedCallbackError from error


def _check_age(timestamp: str) -> None:
    """Replays older than `CALLBACK_MAX_AGE_SECONDS` are refused; 0 turns the check off."""
    if not settings.CALLBACK_MAX_AGE_SECONDS:
        return
    moment = whole_number(timestamp, longest=12)
    if moment is None:
        raise ForgedCallbackError
    if abs(time.time() - moment) > settings.CALLBACK_MAX_AGE_SECONDS:
        raise ForgedCallbackError
