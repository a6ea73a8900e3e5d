"""A POST by the short way says on the wire what a session says, and ends as a session's does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps

import aiohttp
import pytest

from messaging.channels import wire

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]
CONTENT = '{"text": "您好"}'.encode()


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """pytest calls plain functions only."""

    @wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        async def whole() -> None:
            await test(*args, **kwargs)

        asyncio.run(whole())

    return run


class Provider:
    """Speaks bytes: what it was sent, and over how many connections."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                await self.answering(reader, writer, self.requests[-1])
        writer.close()


@asynccontextmanager
async def talking(
    answering: Answering, **settings: float
) -> AsyncIterator[tuple[Provider, aiohttp.ClientSession]]:
    provider = Provider(answering)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cgi?token=a%20b"
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=3),
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as http:
        yield provider, http
    server.close()


def saying(*parts: bytes, close: bool = False) -> Answering:
    async def answer(
        _reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _request: bytes
    ) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            # So that it arrives as pieces.
            await asyncio.sleep(0)
        if close:
            writer.close()

    return answer


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@in_a_loop
async def test_the_request_is_the_one_that_a_session_would_send():
    async with talking(saying(OK)) as (provider, http):
        await wire.post(http, provider.url, CONTENT)
        async with http.post(
            provider.url, data=CONTENT, headers={"Content-Type": wire.JSON}
        ) as answer:
            await answer.read()
    ours, theirs = (request.partition(b"\r\n\r\n") for request in provider.requests)
    assert ours[2] == theirs[2] == CONTENT
    assert sorted(ours[0].split(b"\r\n")) == sorted(theirs[0].split(b"\r\n"))
    assert ours[0].startswith(b"POST /cgi?token=a%20b HTTP/1.1\r\n")


@in_a_loop
async def test_calls_share_a_connection_among_themselves_and_with_a_session():
    async with talking(saying(OK)) as (provider, http):
        for _ in range(3):
            answer = await wire.post(http, provider.url, CONTENT)
            assert (answer.status, answer.content) == (200, b"ok")
        async with http.post(provider.url, data=CONTENT) as by_session:
            assert await by_session.read() == b"ok"
    assert provider.connections == 1


@pytest.mark.parametrize(
    "parts",
    [
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\no\r\n",
            b"1\r\nk\r\n0\r\n\r\n",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 2\r\n\r\no", b"k"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", OK),
        (b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + OK,),
    ],
)
@in_a_loop
async def test_an_answer_may_come_in_pieces(parts):
    async with talking(saying(*parts)) as (provider, http):
        assert (await wire.post(http, provider.url, CONTENT)).content == b"ok"
        assert (await wire.post(http, provider.url, CONTENT)).content == b"ok"
    assert provider.connections == 1


@in_a_loop
async def test_an_answer_without_a_length_ends_with_its_connection():
    async with talking(saying(b"HTTP/1.1 200 OK\r\n\r\nok", close=True)) as (provider, http):
        assert (await wire.post(http, provider.url, CONTENT)).content == b"ok"
        assert (await wire.post(http, provider.url, CONTENT)).content == b"ok"
    assert provider.connections == 2


@in_a_loop
async def test_a_refusal_and_a_redirect_are_answers():
    moved = b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"
    async with talking(saying(moved)) as (provider, http):
        answer = await wire.post(http, provider.url, CONTENT)
    assert (answer.status, answer.headers["Location"]) == (302, "/other")
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("parts", "raised"),
    [
        ((), aiohttp.ServerDisconnectedError),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",), aiohttp.ClientPayloadError),
        ((b"SSH-2.0-OpenSSH_9.2\r\n\r\n",), aiohttp.ClientPayloadError),
    ],
)
@in_a_loop
async def test_no_answer_or_half_of_one_is_told_as_a_session_tells_it(parts, raised):
    """The request had been written: these are what the pool takes for silence."""
    async with talking(saying(*parts, close=True)) as (provider, http):
        with pytest.raises(raised):
            await wire.post(http, provider.url, CONTENT)
        assert issubclass(raised, aiohttp.ClientConnectionError | aiohttp.ClientPayloadError)
        assert len(provider.requests) == 1


@in_a_loop
async def test_nobody_listening_is_known_from_silence():
    async with talking(saying(OK)) as (_, http):
        with pytest.raises(aiohttp.ClientConnectorError):
            await wire.post(http, "http://127.0.0.1:1/", CONTENT)


@in_a_loop
async def test_a_call_that_is_given_up_leaves_its_connection_to_nobody():
    asked = asyncio.Event()

    async def hang(
        _reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> None:
        if b"first" in request:
            asked.set()
            await asyncio.Event().wait()
        writer.write(OK)

    async with talking(hang) as (provider, http):
        call = asyncio.create_task(wire.post(http, provider.url, b"first"))
        await asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await wire.post(http, provider.url, b"second")).content == b"ok"
        assert provider.connections == 2


@in_a_loop
async def test_an_endless_answer_is_not_read_to_its_end():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    many = (head, *[b"x" * 2**20] * (wire.ANSWER_LIMIT_BYTES // 2**20 + 2))
    async with talking(saying(*many)) as (provider, http):
        with pytest.raises(wire.AnswerTooLargeError):
            await wire.post(http, provider.url, CONTENT)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http:///nowhere", "relative"])
@in_a_loop
async def test_what_is_no_web_address_is_refused(url):
    async with talking(saying(OK)) as (_, http):
        with pytest.raises(aiohttp.InvalidURL):
            await wire.post(http, url, CONTENT)
