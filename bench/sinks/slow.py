"""The sink that takes its time: `python -m bench.sinks.slow <port> <milliseconds>`."""

import asyncio
import sys
from typing import cast

import uvloop

from bench.processes import Processes, free_port
from bench.sinks.nginx import ANSWER, TOKEN

_LENGTH = b"content-length:"


def start(processes: Processes, milliseconds: int) -> str:
    port = free_port()
    command = [sys.executable, "-m", "bench.sinks.slow", str(port), str(milliseconds)]
    processes.start("slow-sink", command)
    processes.wait_for_port("slow-sink", port)
    return f"http://127.0.0.1:{port}"


class Sink(asyncio.Protocol):
    """One connection: reads requests, answers each of them `delay` seconds later."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.find(_LENGTH)
            size = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + size:
                return
            self._buffer = self._buffer[end + 4 + size :]
            answer = _TOKEN if b"/cgi-bin/gettoken" in head.split(b"\r\n", 1)[0] else _ANSWER
            if self._delay:
                self._loop.call_later(self._delay, self._answer, answer)
            else:
                self._answer(answer)

    def _answer(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


def _response(body: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n{body}".encode()


_ANSWER, _TOKEN = _response(ANSWER), _response(TOKEN)


async def serve(port: int, delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(delay), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))
