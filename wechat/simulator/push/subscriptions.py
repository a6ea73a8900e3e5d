"""Browsers that subscribed here: each token has its own keys, the same at every start.

The keys are public, so that the sandbox can show what a browser would: worthless anywhere else.
"""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import sandbox_api

# A token that begins so is a browser that has unsubscribed.
GONE = "gone"
_CURVE = ec.SECP256R1()


def private_key(token: str) -> ec.EllipticCurvePrivateKey:
    seed = hashlib.sha256(f"sandbox push key {token}".encode()).digest()
    # Short of the group's order whatever the hash is.
    return ec.derive_private_key(int.from_bytes(seed[:31], "big") + 1, _CURVE)


def public_point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def auth_secret(token: str) -> bytes:
    return hashlib.sha256(f"sandbox push secret {token}".encode()).digest()[:16]


def subscription(token: str, base: str) -> dict[str, Any]:
    point = public_point(private_key(token).public_key())
    keys = {"p256dh": _text(point), "auth": _text(auth_secret(token))}
    return {"endpoint": f"{base}/sandbox/push/{token}", "keys": keys}


@sandbox_api("GET")
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """`GET /sandbox/api/push/<token>`: what that browser's `PushSubscription.toJSON()` gives."""
    return JsonResponse(subscription(token, f"{request.scheme}://{request.get_host()}"))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
