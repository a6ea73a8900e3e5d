"""One call to the platform: HTTP in, an answer or a sorted failure out."""

from functools import lru_cache
from typing import Any

import aiohttp
import orjson
from yarl import URL

from messaging.channels.base import Outcome, Result
from wechat.client.errors import PlatformAnswer, result_of_status

OK = 200
# The largest: a corporation's ten thousand tags.
ANSWER_LIMIT_BYTES = 4 * 1024 * 1024
_JSON = {"Content-Type": "application/json; charset=utf-8"}


class CallFailed(Exception):
    """The call ended without the platform's own answer; carries what that means for a message."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.code)
        self.result = result


@lru_cache(maxsize=128)
def url_of(base: str, path: str, token: str) -> URL:
    """`{base}/cgi-bin/{path}` with its token; taken apart once, not for each message."""
    return URL(f"{base}/cgi-bin/{path}").with_query(access_token=token)


async def post_json(
    http: aiohttp.ClientSession, url: str | URL, body: dict[str, Any]
) -> PlatformAnswer:
    """POSTs JSON. Raises `CallFailed` for an HTTP-level refusal, and aiohttp's own errors."""
    content = orjson.dumps(body)
    async with http.post(url, data=content, headers=_JSON, allow_redirects=False) as response:
        return await _answer(response)


async def post_form(
    http: aiohttp.ClientSession, url: str | URL, form: aiohttp.FormData
) -> PlatformAnswer:
    """POSTs a file. Raises as `post_json` does."""
    async with http.post(url, data=form, allow_redirects=False) as response:
        return await _answer(response)


async def get_json(
    http: aiohttp.ClientSession, url: str | URL, params: dict[str, str] | None = None
) -> PlatformAnswer:
    async with http.get(url, params=params, allow_redirects=False) as response:
        return await _answer(response)


async def _answer(response: aiohttp.ClientResponse) -> PlatformAnswer:
    if response.status != OK:
        refused = result_of_status(response.status, response.headers.get("Retry-After"))
        raise CallFailed(refused)
    raw = bytearray()
    async for part in response.content.iter_any():
        raw += part
        if len(raw) > ANSWER_LIMIT_BYTES:
            raise CallFailed(Result(Outcome.PERMANENT, "too_large", "平台应答过大"))
    try:
        body = orjson.loads(raw)
        return PlatformAnswer(int(body.get("errcode", 0)), str(body.get("errmsg", "")), body)
    except (ValueError, TypeError, AttributeError):
        raise CallFailed(Result(Outcome.RETRY, "bad_answer", "平台应答无法解析")) from None
