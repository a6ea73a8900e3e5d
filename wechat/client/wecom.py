"""Calls of a WeCom app: every one with a token, and with one more try when the token was bad."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import aiohttp
from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

from wechat.client.errors import WECOM, ErrorTable, PlatformAnswer
from wechat.client.http import get_json, post_json, url_of
from wechat.client.tokens import with_token


@dataclass(frozen=True)
class App:
    """A self-built app of the corporation: one token per app secret."""

    errors: ClassVar[ErrorTable] = WECOM

    corp_id: str
    secret: str
    agent_id: int

    @cached_property
    def cache_key(self) -> str:
        digest = hashlib.sha256(f"{self.corp_id}\n{self.secret}".encode()).hexdigest()[:32]
        return f"wecom:token:{digest}"

    async def ask(self, http: aiohttp.ClientSession) -> PlatformAnswer:
        return await get_json(
            http,
            f"{settings.WECOM_API_BASE}/cgi-bin/gettoken",
            {"corpid": self.corp_id, "corpsecret": self.secret},
        )


@lru_cache(maxsize=1)
def configured_app() -> App:
    """The app of the settings `WECOM_*`, put together once: they are asked for by every message."""
    return App(settings.WECOM_CORP_ID, settings.WECOM_CORP_SECRET, settings.WECOM_AGENT_ID)


@receiver(setting_changed)
def _settings_changed(setting: str, **_: Any) -> None:
    """Tests change settings."""
    if setting.startswith("WECOM_"):
        configured_app.cache_clear()


class WeComClient:
    """The platform at `WECOM_API_BASE` as one app sees it. Raises `CallFailed` and aiohttp's errors."""

    def __init__(self, http: aiohttp.ClientSession, app: App) -> None:
        self._http = http
        self._app = app

    async def post(self, path: str, body: dict[str, Any]) -> PlatformAnswer:
        """POST `/cgi-bin/{path}`."""
        return await with_token(
            self._http,
            self._app,
            lambda token: post_json(self._http, url_of(settings.WECOM_API_BASE, path, token), body),
        )

    async def get(self, path: str, params: dict[str, str]) -> PlatformAnswer:
        """GET `/cgi-bin/{path}`."""
        url = f"{settings.WECOM_API_BASE}/cgi-bin/{path}"
        return await with_token(
            self._http,
            self._app,
            lambda token: get_json(self._http, url, {**params, "access_token": token}),
        )
