"""A mail server that takes everything and keeps nothing: `python -m bench.sinks.smtp <port>`."""

import asyncio
import sys
from typing import cast

import uvloop

from bench.processes import Processes, free_port


def start(processes: Processes) -> int:
    port = free_port()
    processes.start("smtp-sink", [sys.executable, "-m", "bench.sinks.smtp", str(port)])
    processes.wait_for_port("smtp-sink", port)
    return port


class Mailbox(asyncio.Protocol):
    """One SMTP session (RFC 5321), without extensions."""

    def __init__(self) -> None:
        self._buffer = b""
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._say(b"220 bench")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            mark = b"\r\n.\r\n" if self._in_data else b"\r\n"
            line, found, rest = self._buffer.partition(mark)
            if not found:
                return
            self._buffer = rest
            self._obey(line)

    def _obey(self, line: bytes) -> None:
        verb = line[:4].upper()
        if self._in_data:
            self._in_data = False
            self._say(b"250 ok")
        elif verb == b"DATA":
            self._in_data = True
            self._say(b"354 go on")
        elif verb == b"QUIT":
            self._say(b"221 bye")
            self._transport.close()
        else:
            self._say(b"250 ok")

    def _say(self, line: bytes) -> None:
        self._transport.write(line + b"\r\n")


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Mailbox, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
