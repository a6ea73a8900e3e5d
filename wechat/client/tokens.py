"""access_tokens: each fetched by one process at a time, refreshed early, shared by all.

wechatpy's own way has no lock and no bound (wechat-protocol.md §5), so tokens are ours.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Protocol

import aiohttp
from django.core.cache import cache

from messaging.channels.base import Outcome, Result
from wechat.client.errors import ErrorTable, PlatformAnswer
from wechat.client.http import CallFailed

REFRESH_EARLY_SECONDS = 300
LOCK_SECONDS = 20
# How long a process goes by its own copy.
OWN_SECONDS = 30.0
_POLL_SECONDS = 0.05
# A lock that is nobody's for so many looks means that there is no cache.
CACHE_LOOKS = 3

# By cache key: the token, until when it is good, when it was last compared with the shared one.
_own_tokens: dict[str, tuple[str, float, float]] = {}


class TokenSource(Protocol):
    """Whose token it is, how its platform is asked for one, and how that platform refuses."""

    @property
    def cache_key(self) -> str: ...

    @property
    def errors(self) -> ErrorTable: ...

    async def ask(self, http: aiohttp.ClientSession) -> PlatformAnswer:
        """The platform's answer, with `access_token` and `expires_in`."""


async def with_token(
    http: aiohttp.ClientSession,
    source: TokenSource,
    call: Callable[[str], Awaitable[PlatformAnswer]],
) -> PlatformAnswer:
    """One call with the token; a refused token is fetched anew once, never more (guarantees.md 6)."""
    token = known(source) or await access_token(http, source)
    answer = await call(token)
    if source.errors.token_is_bad(answer):
        discard(source, token)
        answer = await call(await access_token(http, source))
    return answer


async def access_token(http: aiohttp.ClientSession, source: TokenSource) -> str:
    """A token good for at least a moment. Raises `CallFailed` with what the platform said.

    Whoever finds none takes the lock and asks; the others wait for the result. While Redis is
    away each process asks for itself: the platform gives all of them the same token.
    """
    lock = f"{source.cache_key}:lock"
    deadline = time.monotonic() + LOCK_SECONDS
    without_cache = 0
    while time.monotonic() < deadline:
        token = known(source)
        if token:
            return token
        owner = uuid.uuid4().hex
        if cache.add(lock, owner, LOCK_SECONDS):
            try:
                # Somebody may have finished between our look and our lock.
                return known(source) or await _fetch(http, source)
            finally:
                if cache.get(lock) == owner:
                    cache.delete(lock)
        # Neither ours nor anybody's: the lock was just freed, or there is no cache at all.
        without_cache += cache.get(lock) is None
        if without_cache > CACHE_LOOKS:
            return await _fetch(http, source)
        await asyncio.sleep(_POLL_SECONDS)
    raise CallFailed(Result(Outcome.RETRY, "token_wait", "等待 access_token 超时"))


def known(source: TokenSource) -> str:
    """Without asking the platform: this process's fresh copy, else the shared token, else an old copy
    of our own; empty for none.

    A question to Redis for each message would cost as much as half the sending.
    """
    now = time.monotonic()
    own, until, looked_at = _own_tokens.get(source.cache_key, ("", 0.0, 0.0))
    if own and now < until and now - looked_at < OWN_SECONDS:
        return own
    token: str | None = cache.get(source.cache_key)
    if token:
        # It was put there with more than `REFRESH_EARLY_SECONDS` of life left after its end.
        _own_tokens[source.cache_key] = (token, now + 2 * OWN_SECONDS, now)
        return token
    return own if now < until else ""


def discard(source: TokenSource, token: str) -> None:
    """Forgets a token that the platform refused, unless another has taken its place already."""
    if cache.get(source.cache_key) == token:
        cache.delete(source.cache_key)
    if _own_tokens.get(source.cache_key, ("", 0.0, 0.0))[0] == token:
        _own_tokens.pop(source.cache_key, None)


async def _fetch(http: aiohttp.ClientSession, source: TokenSource) -> str:
    answer = await source.ask(http)
    token = str(answer.body.get("access_token") or "")
    if answer.errcode != 0 or not token:
        raise CallFailed(source.errors.result_of(answer))
    lifetime = int(str(answer.body.get("expires_in") or 7200))
    kept = max(60, lifetime - REFRESH_EARLY_SECONDS)
    cache.set(source.cache_key, token, kept)
    now = time.monotonic()
    _own_tokens[source.cache_key] = (token, now + kept, now)
    return token


def forget_own() -> None:
    """Drops this process's copies; what Redis holds stays."""
    _own_tokens.clear()
