"""Many WebSocket clients in one process: `python -m bench.watchers <port> <clients> <path>…`.

A path holds the token of one person, who may have no more than so many sockets: the clients share the
paths out. Says `ready` once all are in; then reads one line from standard input, JSON `{"<sent>": <when
it was published>}`, and answers with how long each frame took to each client.
"""

import asyncio
import base64
import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from typing import cast

import uvloop

# So many handshakes at once.
OPENING = 50
_OPEN_SECONDS = 60
_TEXT = 1
_TWO_BYTES, _EIGHT_BYTES = 126, 127


class Watcher(asyncio.Protocol):
    """One client: a handshake, then the frames of one batch (RFC 6455; a server's are unmasked)."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self.transport: asyncio.Transport | None = None
        self._buffer = b""
        self._is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # By the number that the frame tells: when it came.
        self.seen: dict[int, float] = {}
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed"))

    def data_received(self, data: bytes) -> None:
        now = time.time()
        self._buffer += data
        if not self._is_open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.opened.set_exception(ConnectionError(head.decode("latin-1")))
                return
            self._is_open, self._buffer = True, rest
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == _TEXT:
                self.told(payload, now)

    def told(self, payload: bytes, now: float) -> None:
        self.seen.setdefault(json.loads(payload)["sent"], now)
        if not self.opened.done():
            # The first frame comes once the server knows us and our right to look.
            self.opened.set_result(None)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, at = buffer[1] & 0x7F, 2
        if size >= _TWO_BYTES:
            width = 2 if size == _TWO_BYTES else 8
            at = 2 + width
            size = int.from_bytes(buffer[2:at])
        if len(buffer) < at + size:
            return None
        self._buffer = buffer[at + size :]
        return buffer[0] & 0x0F, buffer[at : at + size]


def request(port: int, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


async def watch(port: int, clients: int, paths: Sequence[str]) -> None:
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(OPENING)
    watchers: list[Watcher] = []

    async def enter(number: int) -> None:
        async with gate:
            watcher = Watcher(request(port, paths[number % len(paths)]))
            watchers.append(watcher)
            await loop.create_connection(lambda: watcher, "127.0.0.1", port)
            await asyncio.wait_for(watcher.opened, _OPEN_SECONDS)

    await asyncio.gather(*(enter(number) for number in range(clients)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    published = json.loads(await asyncio.to_thread(sys.stdin.readline))
    sys.stdout.write(json.dumps(_summary(watchers, published)) + "\n")


def _summary(watchers: list[Watcher], published: dict[str, float]) -> dict[str, object]:
    """A frame may tell of several changes: a change is seen with the first frame that includes it."""
    taken: list[float] = []
    missing = 0
    for watcher in watchers:
        for sent, at in published.items():
            came = [when for told, when in watcher.seen.items() if told >= int(sent)]
            if came:
                taken.append(1000 * (min(came) - at))
            else:
                missing += 1
    return {
        "milliseconds": taken,
        "missing": missing,
        "lost": sum(watcher.is_lost for watcher in watchers),
    }


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(watch(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
