"""Asking a platform something harmless, and saying in a sentence what it answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from django.conf import settings

from config.diagnosis import Finding, odd, wrong
from wechat.client.errors import WECOM, ErrorTable, PlatformAnswer
from wechat.client.http import CallFailed
from wechat.client.official import OfficialClient, configured_account
from wechat.client.official_errors import OFFICIAL
from wechat.client.wecom import WeComClient, configured_app

SECONDS = 5
REAL_WECOM = "https://qyapi.weixin.qq.com"


class Refused(Exception):
    """The platform did not answer as hoped; `finding` says why, `code` is its own."""

    def __init__(self, finding: Finding, code: int = 0) -> None:
        super().__init__(finding.sentence)
        self.finding = finding
        self.code = code


def wecom(what: str, path: str, *, body: dict[str, Any] | None = None, **params: str) -> Any:
    """The answer of a call of the app; raises `Refused`. `what` begins the sentence."""

    async def call(http: aiohttp.ClientSession) -> PlatformAnswer:
        client = WeComClient(http, configured_app())
        return await (client.get(path, params) if body is None else client.post(path, body))

    return _asked(what, call, WECOM, settings.WECOM_API_BASE)


def official(what: str, path: str) -> Any:
    """The answer of a call of the Official Account; raises `Refused`."""

    async def call(http: aiohttp.ClientSession) -> PlatformAnswer:
        return await OfficialClient(http, configured_account()).get(path)

    return _asked(what, call, OFFICIAL, settings.MP_API_BASE)


def missing(names: tuple[str, ...]) -> str:
    """Those of the settings that are empty, for a sentence."""
    return "、".join(name for name in names if not getattr(settings, name))


def _asked(
    what: str,
    call: Callable[[aiohttp.ClientSession], Awaitable[PlatformAnswer]],
    table: ErrorTable,
    base: str,
) -> dict[str, object]:
    async def run() -> PlatformAnswer:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            return await call(http)

    try:
        answer = asyncio.run(run())
    except CallFailed as failure:
        result = failure.result
        raise Refused(wrong(f"{what}：{result.detail}（{result.code}）")) from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise Refused(odd(f"{what}：连不上 {base}，未能核对")) from None
    if answer.errcode:
        detail = table.result_of(answer).detail
        raise Refused(wrong(f"{what}：{detail}（{answer.errcode}）"), answer.errcode)
    return answer.body
