"""One call to the platform: HTTP in, an answer or a sorted failure out."""

from functools import lru_cache
from typing import Any

import aiohttp
import orjson
from yarl import URL

from messaging.channels import wire
from messaging.channels.base import Outcome, Result
from wechat.client.errors import PlatformAnswer, result_of_status

OK = 200


_TOO_LARGE = Result(Outcome.PERMANENT, "too_large", "平台应答过大")


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
    try:
        answer = await wire.post(http, url, orjson.dumps(body))
    except wire.AnswerTooLargeError:
        raise CallFailed(_TOO_LARGE) from None
    if answer.status != OK:
        raise CallFailed(result_of_status(answer.status, answer.headers.get("Retry-After")))
    return _understood(answer.content)


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
        if len(raw) > wire.ANSWER_LIMIT_BYTES:
            raise CallFailed(_TOO_LARGE)
    return _understood(raw)


def _understood(content: bytes | bytearray) -> PlatformAnswer:
    try:
        body = orjson.loads(content)
        return PlatformAnswer(int(body.get("errcode", 0)), str(body.get("errmsg", "")), body)
    except (ValueError, TypeError, AttributeError):
        raise CallFailed(Result(Outcome.RETRY, "bad_answer", "平台应答无法解析")) from None
