"""Whom a push is for: a browser's subscription, or a device or alias at JPush."""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from config.errors import InvalidInputError
from messaging.allowed_urls import is_allowed_url
from messaging.models.message import RECIPIENT_LENGTH

WEBPUSH, JPUSH = "webpush", "jpush"
ALIAS_BYTES = 40
_PUBLIC_KEY_BYTES, _AUTH_BYTES = 65, 16
_REGISTRATION_ID = re.compile(r"[0-9A-Za-z]{1,64}")
_ALIAS = re.compile(r"[\w@!#$&*+=.|]+")


@dataclass(frozen=True, slots=True)
class JPushTarget:
    """One member of an audience: `kind` is `registration_id` or `alias`."""

    kind: str
    value: str


def provider_of(address: str) -> str:
    return WEBPUSH if address.startswith("{") else JPUSH


def address_of(text: str) -> str:
    """The one form of an address; raises `InvalidInputError`."""
    stripped = text.strip()
    if not stripped.startswith("{"):
        target = jpush_target(stripped)
        return f"{'jpush' if target.kind == 'registration_id' else 'alias'}:{target.value}"
    found = subscription(stripped)
    address = json.dumps(found, separators=(",", ":"))
    if len(address) > RECIPIENT_LENGTH:
        raise _bad(f"推送订阅不能超过 {RECIPIENT_LENGTH} 个字符")
    return address


def jpush_target(address: str) -> JPushTarget:
    kind, _, value = address.partition(":")
    if kind == "jpush" and _REGISTRATION_ID.fullmatch(value):
        return JPushTarget("registration_id", value)
    if kind == "alias" and _ALIAS.fullmatch(value) and len(value.encode()) <= ALIAS_BYTES:
        return JPushTarget("alias", value)
    raise _bad("必须是推送订阅的 JSON、jpush:<registration_id> 或 alias:<别名>")


def subscription(text: str) -> dict[str, Any]:
    """What a browser's `PushSubscription.toJSON()` gave, reduced to what sending needs."""
    try:
        given = json.loads(text)
        endpoint, keys = given["endpoint"], given["keys"]
        p256dh, auth = keys["p256dh"], keys["auth"]
        point = _decoded(p256dh)
        is_whole = len(point) == _PUBLIC_KEY_BYTES and len(_decoded(auth)) == _AUTH_BYTES
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _bad("推送订阅无效：需要 endpoint、keys.p256dh、keys.auth") from None
    if not is_whole or not isinstance(endpoint, str) or not endpoint.isascii():
        raise _bad("推送订阅的密钥或地址无效")
    if not is_allowed_url(endpoint):
        raise _bad("推送服务的主机不在允许名单内（OUTBOUND_ALLOWED_HOSTS）")
    return {
        "endpoint": endpoint,
        "keys": {"p256dh": p256dh.rstrip("="), "auth": auth.rstrip("=")},
    }


def _decoded(text: str) -> bytes:
    plain = text.rstrip("=")
    return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def _bad(detail: str) -> InvalidInputError:
    return InvalidInputError(detail, code="bad_recipient")
