"""Calls of the Official Account: its stable token, and one more try when that was refused."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import aiohttp
from django.conf import settings

from wechat.client.errors import ErrorTable, PlatformAnswer
from wechat.client.http import get_json, post_json, url_of
from wechat.client.official_errors import OFFICIAL
from wechat.client.tokens import with_token


@dataclass(frozen=True)
class OfficialAccount:
    """One Official Account. Its token is the stable one, which no other caller can end."""

    errors: ClassVar[ErrorTable] = OFFICIAL

    app_id: str
    secret: str

    @cached_property
    def cache_key(self) -> str:
        digest = hashlib.sha256(f"{self.app_id}\n{self.secret}".encode()).hexdigest()[:32]
        return f"official:token:{digest}"

    async def ask(self, http: aiohttp.ClientSession) -> PlatformAnswer:
        """Never forced: a forced refresh is rationed, and the plain one replaces what has ended."""
        body = {
            "grant_type": "client_credential",
            "appid": self.app_id,
            "secret": self.secret,
            "force_refresh": False,
        }
        return await post_json(http, f"{settings.MP_API_BASE}/cgi-bin/stable_token", body)


def configured_account() -> OfficialAccount:
    """The account of the settings `MP_*`."""
    return _account(settings.MP_APP_ID, settings.MP_APP_SECRET)


@lru_cache(maxsize=16)
def _account(app_id: str, secret: str) -> OfficialAccount:
    return OfficialAccount(app_id, secret)


class OfficialClient:
    """The platform at `MP_API_BASE`. Raises `CallFailed` and aiohttp's errors."""

    def __init__(self, http: aiohttp.ClientSession, account: OfficialAccount) -> None:
        self._http = http
        self._account = account

    async def post(self, path: str, body: dict[str, Any]) -> PlatformAnswer:
        """POST `/cgi-bin/{path}`."""
        return await with_token(
            self._http,
            self._account,
            lambda token: post_json(self._http, url_of(settings.MP_API_BASE, path, token), body),
        )

    async def get(self, path: str, params: dict[str, str] | None = None) -> PlatformAnswer:
        """GET `/cgi-bin/{path}`."""
        return await with_token(
            self._http,
            self._account,
            lambda token: get_json(self._http, url_of(settings.MP_API_BASE, path, token), params),
        )
