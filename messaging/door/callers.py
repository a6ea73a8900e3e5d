"""Who is calling, known for two seconds: a key that is revoked stops working within that time."""

import hashlib
import threading
import time
from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from config.api.auth import ApiKeyAuthentication, TokenAuthentication, principal_name
from config.api.keys import ApiClient
from config.api.permissions import HasAccess
from customers.models import User
from messaging.api.access import SENDS

KEPT_SECONDS = 2.0
MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who may send; `user` is None for an API key."""

    principal: str
    user: User | None


class _Sending:
    """What `HasAccess` looks at."""

    access = {"post": SENDS}
    post = None


_lock = threading.Lock()
_known: dict[bytes, tuple[float, Caller | None]] = {}


def caller_of(authorization: str) -> Caller | None:
    """Whoever the header proves, if they may send; asks the database once every two seconds."""
    name = hashlib.sha256(authorization.encode("utf-8", "surrogateescape")).digest()
    now = time.monotonic()
    with _lock:
        until, caller = _known.get(name, (0.0, None))
    if now < until:
        return caller
    caller = _resolve(authorization)
    with _lock:
        if len(_known) >= MOST_KEPT:
            _known.clear()
        _known[name] = (now + KEPT_SECONDS, caller)
    return caller


def forget() -> None:
    with _lock:
        _known.clear()


def _resolve(authorization: str) -> Caller | None:
    http = HttpRequest()
    http.method = "POST"
    http.META["HTTP_AUTHORIZATION"] = authorization
    request = Request(http, authenticators=[TokenAuthentication(), ApiKeyAuthentication()])
    try:
        if not HasAccess().has_permission(request, _Sending()):  # type: ignore[arg-type]
            return None
    except APIException:
        return None
    is_key = isinstance(request.user, ApiClient)
    return Caller(principal_name(request), None if is_key else cast("User", request.user))
