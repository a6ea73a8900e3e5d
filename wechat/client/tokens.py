"""access_token of an app: fetched by one process at a time, refreshed early, shared by all.

wechatpy's own way has no lock and no bound (wechat-protocol.md §5), so tokens are ours.
"""

import asyncio
import hashlib
import time
import uuid
from dataclasses import dataclass
from functools import cached_property, lru_cache

import aiohttp
from django.conf import settings
from django.core.cache import cache

from messaging.channels.base import Outcome, Result
from wechat.client.errors import result_of
from wechat.client.http import CallFailed, get_json

REFRESH_EARLY_SECONDS = 300
LOCK_SECONDS = 20
# How long a process goes by its own copy.
OWN_SECONDS = 30.0
_POLL_SECONDS = 0.05
# A lock that is nobody's for so many looks means that there is no cache.
CACHE_LOOKS = 3

# By cache key: the token, until when it is good, when it was last compared with the shared one.
_own_tokens: dict[str, tuple[str, float, float]] = {}


@dataclass(frozen=True)
class App:
    """A self-built app of the corporation: one token per app secret."""

    corp_id: str
    secret: str
    agent_id: int

    @cached_property
    def cache_key(self) -> str:
        digest = hashlib.sha256(f"{self.corp_id}\n{self.secret}".encode()).hexdigest()[:32]
        return f"wecom:token:{digest}"


def configured_app() -> App:
    """The app of the settings `WECOM_*`."""
    return _app(settings.WECOM_CORP_ID, settings.WECOM_CORP_SECRET, settings.WECOM_AGENT_ID)


@lru_cache(maxsize=16)
def _app(corp_id: str, secret: str, agent_id: int) -> App:
    return App(corp_id, secret, agent_id)


async def access_token(http: aiohttp.ClientSession, app: App) -> str:
    """A token good for at least a moment. Raises `CallFailed` with what the platform said.

    Whoever finds none takes the lock and asks; the others wait for the result. While Redis is
    away each process asks for itself: the platform gives all of them the same token.
    """
    lock = f"{app.cache_key}:lock"
    deadline = time.monotonic() + LOCK_SECONDS
    without_cache = 0
    while time.monotonic() < deadline:
        token = _known(app)
        if token:
            return token
        owner = uuid.uuid4().hex
        if cache.add(lock, owner, LOCK_SECONDS):
            try:
                # Somebody may have finished between our look and our lock.
                return _known(app) or await _fetch(http, app)
            finally:
                if cache.get(lock) == owner:
                    cache.delete(lock)
        # Neither ours nor anybody's: the lock was just freed, or there is no cache at all.
        without_cache += cache.get(lock) is None
        if without_cache > CACHE_LOOKS:
            return await _fetch(http, app)
        await asyncio.sleep(_POLL_SECONDS)
    raise CallFailed(Result(Outcome.RETRY, "token_wait", "等待 access_token 超时"))


def _known(app: App) -> str:
    """This process's own fresh copy, else the shared token, else an old copy of our own.

    A question to Redis for each message would cost as much as half the sending.
    """
    now = time.monotonic()
    own, until, looked_at = _own_tokens.get(app.cache_key, ("", 0.0, 0.0))
    if own and now < until and now - looked_at < OWN_SECONDS:
        return own
    token: str | None = cache.get(app.cache_key)
    if token:
        # It was put there with more than `REFRESH_EARLY_SECONDS` of life left after its end.
        _own_tokens[app.cache_key] = (token, now + 2 * OWN_SECONDS, now)
        return token
    return own if now < until else ""


def discard(app: App, token: str) -> None:
    """Forgets a token that the platform refused, unless another has taken its place already."""
    if cache.get(app.cache_key) == token:
        cache.delete(app.cache_key)
    if _own_tokens.get(app.cache_key, ("", 0.0, 0.0))[0] == token:
        _own_tokens.pop(app.cache_key, None)


async def _fetch(http: aiohttp.ClientSession, app: App) -> str:
    answer = await get_json(
        http,
        f"{settings.WECOM_API_BASE}/cgi-bin/gettoken",
        {"corpid": app.corp_id, "corpsecret": app.secret},
    )
    token = str(answer.body.get("access_token") or "")
    if answer.errcode != 0 or not token:
        raise CallFailed(result_of(answer))
    lifetime = int(str(answer.body.get("expires_in") or 7200))
    kept = max(60, lifetime - REFRESH_EARLY_SECONDS)
    cache.set(app.cache_key, token, kept)
    now = time.monotonic()
    _own_tokens[app.cache_key] = (token, now + kept, now)
    return token


def forget_own() -> None:
    """Drops this process's copies; what Redis holds stays."""
    _own_tokens.clear()
