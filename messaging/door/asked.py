"""Reading a request at a glance: is it the plain good one?"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from config.api.idempotency import MAX_KEY_LENGTH, Identity

PATH = "/api/messages/send"
MAX_BODY = 64 * 1024
# A request that says more is the view's to read.
_KNOWN = frozenset({"template_id", "template_code", "recipient", "variables", "priority"})
_MAX_ID = 2**63 - 1


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
    """The headers that matter here."""

    authorization: str
    idempotency_key: str | None
    is_json: bool
    request_id: str


def heads_of(headers: Any) -> Heads:
    """From ASGI's pairs of bytes."""
    found = dict.fromkeys(("authorization", "idempotency-key", "content-type", "x-request-id"), "")
    has_key = False
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1")
        if name in found:
            found[name] = raw_value.decode("latin-1")
            has_key = has_key or name == "idempotency-key"
    return Heads(
        found["authorization"],
        found["idempotency-key"] if has_key else None,
        found["content-type"].partition(";")[0].strip().lower() == "application/json",
        found["x-request-id"],
    )


def asked_of(body: bytes) -> Asked | None:
    """None for whatever is not plain; the view will say what is wrong with it, if anything is."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not data.keys() <= _KNOWN or not _is_storable(body):
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


def is_usable_key(key: str | None) -> bool:
    return key is None or (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable())


def _is_storable(body: bytes) -> bool:
    """No column holds NUL or half a surrogate pair; both need an escape to get into JSON."""
    return b"\\u" not in body and b"\x00" not in body
