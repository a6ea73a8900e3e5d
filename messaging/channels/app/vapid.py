"""The key pair by which push services know us (RFC 8292)."""

import time
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from py_vapid import Vapid02, VapidException
from py_vapid.utils import b64urlencode

# At most a day (RFC 8292 §2); a clock may be wrong by hours.
TOKEN_SECONDS = 12 * 3600


class BadKey(Exception):
    """No such private key, or a subject or an origin that no token can name."""


@lru_cache(maxsize=64)
def key_of(private_key: str) -> Any:
    """The key of a PEM text or of base64url; raises `BadKey`."""
    text = private_key.strip()
    try:
        if text.startswith("-----BEGIN"):
            key = serialization.load_pem_private_key(text.encode(), password=None)
            return Vapid02(key)
        return Vapid02.from_string(text)
    except (ValueError, TypeError, AttributeError, VapidException):
        raise BadKey from None


def public_key_of(private_key: str) -> str:
    """The uncompressed point in base64url, as `applicationServerKey` takes it; raises `BadKey`."""
    try:
        point = key_of(private_key).public_key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    except (ValueError, AttributeError):
        raise BadKey from None
    return str(b64urlencode(point))


def authorization(private_key: str, *, origin: str, subject: str) -> str:
    """The `Authorization` header for a push service; raises `BadKey`."""
    claims = {"aud": origin, "sub": subject, "exp": int(time.time()) + TOKEN_SECONDS}
    try:
        return str(key_of(private_key).sign(claims)["Authorization"])
    except (VapidException, ValueError, AttributeError):
        raise BadKey from None
