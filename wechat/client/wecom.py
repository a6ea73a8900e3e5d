"""Calls of a WeCom app: every one with a token, and with one more try when the token was bad."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import aiohttp
from django.conf import settings
from yarl import URL

from wechat.client import tokens
from wechat.client.errors import PlatformAnswer
from wechat.client.http import get_json, post_json
from wechat.client.tokens import App


class WeComClient:
    """The platform at `WECOM_API_BASE` as one app sees it. Raises `CallFailed` and aiohttp's errors."""

    def __init__(self, http: aiohttp.ClientSession, app: App) -> None:
        self._http = http
        self._app = app

    async def post(self, path: str, body: dict[str, Any]) -> PlatformAnswer:
        """POST `/cgi-bin/{path}`."""
        return await self._with_token(
            lambda token: post_json(self._http, _url(settings.WECOM_API_BASE, path, token), body)
        )

    async def get(self, path: str, params: dict[str, str]) -> PlatformAnswer:
        """GET `/cgi-bin/{path}`."""
        url = f"{settings.WECOM_API_BASE}/cgi-bin/{path}"
        return await self._with_token(
            lambda token: get_json(self._http, url, {**params, "access_token": token})
        )

    async def _with_token(self, call: Callable[[str], Awaitable[PlatformAnswer]]) -> PlatformAnswer:
        """A refused token is fetched anew once, never more (guarantees.md 6)."""
        token = await tokens.access_token(self._http, self._app)
        answer = await call(token)
        if answer.token_is_bad:
            tokens.discard(self._app, token)
            answer = await call(await tokens.access_token(self._http, self._app))
        return answer


@lru_cache(maxsize=64)
def _url(base: str, path: str, token: str) -> URL:
    """Taken apart once, not for each message."""
    return URL(f"{base}/cgi-bin/{path}").with_query(access_token=token)
