"""Temporary files of a platform: `media/get`, within a size (wechat-protocol.md §2.1)."""

import asyncio
from dataclasses import dataclass

import aiohttp
import orjson
from django.conf import settings

from messaging.channels.base import Outcome, Result
from wechat.client.blocking import PlatformRefusal
from wechat.client.errors import PlatformAnswer, result_of_status
from wechat.client.http import OK, CallFailed
from wechat.client.official import configured_account
from wechat.client.tokens import TokenSource, with_token
from wechat.client.video_urls import is_video_url
from wechat.client.wecom import configured_app

SECONDS = 60.0
_JSON_BYTES = 64 * 1024
_VIDEO = "video_url"


@dataclass(frozen=True)
class Media:
    filename: str
    content: bytes


@dataclass(frozen=True)
class _Asked:
    """One file of one platform, by whose token, and how large it may be."""

    source: TokenSource
    base: str
    platform: str
    media_id: str
    most_bytes: int


def media_get(media_id: str, *, most_bytes: int) -> Media:
    """A file of WeCom's; not for use inside a transaction. Raises `PlatformRefusal`."""
    base = settings.WECOM_API_BASE
    return _got(_Asked(configured_app(), base, "企业微信", media_id, most_bytes))


def official_media_get(media_id: str, *, most_bytes: int) -> Media:
    """A file of the Official Account's, a film from where the platform says. As `media_get`."""
    base = settings.MP_API_BASE
    return _got(_Asked(configured_account(), base, "公众号平台", media_id, most_bytes))


def _got(asked: _Asked) -> Media:
    try:
        return asyncio.run(_fetch(asked))
    except CallFailed as failure:
        raise PlatformRefusal(failure.result) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        detail = f"连接不上{asked.platform}或应答超时"
        silent = Result(Outcome.RETRY, type(error).__name__, detail)
        raise PlatformRefusal(silent) from None


async def _fetch(asked: _Asked) -> Media:
    got: list[Media] = []

    async def ask(token: str) -> PlatformAnswer:
        params = {"access_token": token, "media_id": asked.media_id}
        url = f"{asked.base}/cgi-bin/media/get"
        async with http.get(url, params=params, allow_redirects=False) as response:
            return await _taken(response, asked.most_bytes, got)

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as http:
        answer = await with_token(http, asked.source, ask)
        if answer.errcode == 0 and not got and (url := answer.body.get(_VIDEO)):
            return await _film(http, str(url), asked.most_bytes)
    if answer.errcode != 0 or not got:
        raise PlatformRefusal(asked.source.errors.result_of(answer), answer.errcode)
    return got[-1]


async def _film(http: aiohttp.ClientSession, url: str, most_bytes: int) -> Media:
    """From an address that the platform named; it goes nowhere else."""
    if not is_video_url(url):
        raise CallFailed(Result(Outcome.PERMANENT, "video_host", "视频的下载地址不在允许名单内"))
    async with http.get(url, allow_redirects=False) as response:
        _require_ok(response)
        return _file(response, await _read(response, most_bytes))


async def _taken(
    response: aiohttp.ClientResponse, most_bytes: int, got: list[Media]
) -> PlatformAnswer:
    """A refusal comes as JSON, and so does where a film is; any other file as itself."""
    _require_ok(response)
    is_file = response.content_disposition is not None or response.content_type not in (
        "application/json",
        "text/plain",
    )
    raw = await _read(response, most_bytes if is_file else _JSON_BYTES)
    if is_file:
        got.append(_file(response, raw))
        return PlatformAnswer(0, "ok", {})
    try:
        body = orjson.loads(raw)
        code = int(body.get("errcode", 0) if _VIDEO in body else body["errcode"])
        return PlatformAnswer(code, str(body.get("errmsg", "")), body)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CallFailed(Result(Outcome.RETRY, "bad_answer", "平台应答无法解析")) from None


def _require_ok(response: aiohttp.ClientResponse) -> None:
    if response.status != OK:
        raise CallFailed(result_of_status(response.status, response.headers.get("Retry-After")))


def _file(response: aiohttp.ClientResponse, raw: bytes) -> Media:
    disposition = response.content_disposition
    return Media((disposition.filename if disposition else None) or "", raw)


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    raw = bytearray()
    async for part in response.content.iter_any():
        raw += part
        if len(raw) > most:
            shown = f"{most // 1024 // 1024} MB" if most >= 1024 * 1024 else f"{most} 字节"
            raise CallFailed(Result(Outcome.PERMANENT, "too_large", f"文件超过 {shown}"))
    return bytes(raw)
