"""Reading a request at a glance: is it the plain good one?"""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from config.api.idempotency import MAX_KEY_LENGTH, Identity
from config.api.parsers import MAX_DEPTH

PATH = "/api/messages/send"
MAX_BODY = 64 * 1024
# A request that says more is the view's to read.
_KNOWN = frozenset({"template_id", "template_code", "recipient", "variables", "priority"})
_MAX_ID = 2**63 - 1
# NUL and halves of surrogate pairs, which no column holds, need an escape to get into JSON.
_UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_JSON_TYPE = re.compile(r"application/json *(?:; *charset=\"?utf-?8\"?)?", re.IGNORECASE)
_NAMES = (
    "host",
    "authorization",
    "idempotency-key",
    "content-type",
    "accept",
    "x-request-id",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request wants; everything has the right type, nothing is checked yet."""

    template_id: int | None
    template_code: str | None
    recipient: str
    variables: dict[str, Any]
    priority: int


@dataclass(frozen=True, slots=True)
class Heads:
    """The headers that matter here; `is_plain` when the view would object to none of them."""

    authorization: str
    idempotency_key: str | None
    request_id: str
    is_plain: bool


def heads_of(headers: Any) -> Heads:
    """From ASGI's pairs of bytes."""
    found: dict[str, str] = {}
    is_plain = True
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1")
        if name in _NAMES:
            is_plain = is_plain and name not in found
            found[name] = raw_value.decode("latin-1")
    key = found.get("idempotency-key")
    return Heads(
        found.get("authorization", ""),
        key,
        found.get("x-request-id", ""),
        is_plain
        and "authorization" in found
        and _is_usable_key(key)
        and _JSON_TYPE.fullmatch(found.get("content-type", "")) is not None
        and _takes_json(found.get("accept", "*/*"))
        and validate_host(split_domain_port(found.get("host", ""))[0], settings.ALLOWED_HOSTS),
    )


def asked_of(body: bytes) -> Asked | None:
    """None for whatever is not plain; the view will say what is wrong with it, if anything is."""
    if not _is_storable(body) or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        return None
    try:
        data = json.loads(body.decode(), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not data.keys() <= _KNOWN or None in data.values():
        return None
    asked = Asked(
        data.get("template_id"),
        data.get("template_code"),
        data.get("recipient", ""),
        data.get("variables", {}),
        data.get("priority", 5),
    )
    return asked if _is_plain(asked) else None


def _is_plain(asked: Asked) -> bool:
    """Every field has its type; exactly one of the two names a template."""
    pk, code, recipient = asked.template_id, asked.template_code, asked.recipient
    return (
        (pk is None) != (code is None)
        and (pk is None or (type(pk) is int and 0 < pk <= _MAX_ID))
        and (code is None or (isinstance(code, str) and 0 < len(code) <= 64))
        and (isinstance(recipient, str) and recipient != "" and recipient == recipient.strip())
        and isinstance(asked.variables, dict)
        and (type(asked.priority) is int and 0 <= asked.priority <= 10)
    )


def identity_of(principal: str, key: str | None, body: bytes) -> Identity | None:
    """As `IdempotentPosts` makes it, so that both doors know each other's requests."""
    if key is None:
        return None
    content = f"{PATH}\n".encode() + body
    return Identity(principal, key, hashlib.sha256(content).hexdigest())


def _is_usable_key(key: str | None) -> bool:
    return key is None or (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable())


def _takes_json(accept: str) -> bool:
    return "*/*" in accept or "application/json" in accept


def _is_storable(body: bytes) -> bool:
    return b"\x00" not in body and _UNSTORABLE.search(body) is None


def _finite(text: str) -> float:
    """1e999 is no number that could be kept."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)
