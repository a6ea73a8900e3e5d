"""One POST over a session's own connections: half the cost of `session.post` (benchmarks.md).

Connecting, TLS, keeping connections and reading HTTP stay aiohttp's; what a session does for each
call besides (redirects, cookies, proxies, timers, headers put together anew) is for browsers, and
the request's head is the same for each message to an address.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import aiohttp
from aiohttp import hdrs
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError
from yarl import URL

# What `session.post` itself takes at once from a connection.
READ_BYTES = 2**16
# A provider's answer is short; the largest known is a corporation's ten thousand tags.
ANSWER_LIMIT_BYTES = 4 * 1024 * 1024
JSON = "application/json; charset=utf-8"


class AnswerTooLargeError(Exception):
    """The answer is longer than any provider's; its connection is closed."""


@dataclass(slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a connection leads, as a connector wants to know it, and a request's head so far."""

    request: ClientRequest
    head: bytes


async def post(
    http: aiohttp.ClientSession, url: str | URL, content: bytes, content_type: str = JSON
) -> Answer:
    """Writes the request, reads the answer. Raises aiohttp's own errors and `AnswerTooLargeError`.

    Redirects are not followed, cookies not kept. Whoever calls sees to it that it ends in time: only
    connecting has a clock, the session's.
    """
    connector = http.connector
    if connector is None or http.closed:
        raise RuntimeError("Session is closed")
    address = _address(url, content_type)
    try:
        connection = await connector.connect(address.request, traces=[], timeout=http.timeout)
    except TimeoutError as error:
        raise aiohttp.ConnectionTimeoutError(f"no connection to {address.request.host}") from error
    try:
        answer = await _exchange(connection, address.head, content)
    except BaseException:
        # Half a request or half an answer: nobody else may have it.
        connection.close()
        raise
    connection.release()
    return answer


async def _exchange(connection: Connection, head: bytes, content: bytes) -> Answer:
    protocol = connection.protocol
    if protocol is None or protocol.transport is None or protocol.transport.is_closing():
        raise aiohttp.ClientConnectionResetError("the connection was closed before the request")
    protocol.set_response_params(read_until_eof=True, read_bufsize=READ_BYTES)
    protocol.transport.write(b"%b%d\r\n\r\n%b" % (head, len(content), content))
    try:
        message, stream = await protocol.read()
        while message.code < 200 and message.code != 101:
            # "Go on" and "wait": the answer is still to come.
            message, stream = await protocol.read()
    except HttpProcessingError as error:
        raise aiohttp.ClientPayloadError(f"not HTTP: {error.message}") from error
    body: bytes = await stream.readany()
    while not stream.at_eof():
        body += await stream.readany()
        if len(body) > ANSWER_LIMIT_BYTES:
            raise AnswerTooLargeError
    return Answer(message.code, message.headers, body)


@lru_cache(maxsize=128)
def _address(url: str | URL, content_type: str) -> _Address:
    """aiohttp's own request, made once: its headers, and the key of its connections."""
    whole = URL(url)
    if whole.scheme not in ("http", "https") or not whole.raw_host:
        raise aiohttp.InvalidURL(whole)
    request = ClientRequest(
        hdrs.METH_POST,
        whole,
        headers={hdrs.CONTENT_TYPE: content_type},
        loop=asyncio.get_running_loop(),
    )
    # This depends on the content.
    request.headers.pop(hdrs.CONTENT_LENGTH, None)
    request.headers.pop(hdrs.TRANSFER_ENCODING, None)
    lines = [f"{hdrs.METH_POST} {request.url.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return _Address(request, "\r\n".join([*lines, f"{hdrs.CONTENT_LENGTH}: "]).encode())
