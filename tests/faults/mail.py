"""A stand-in for a mail server: keeps what it was given, and says nothing more when it is told to hang."""

import asyncio
import email
import socket
import threading
from dataclasses import dataclass
from typing import Self

ANSWERS = {b"MAIL": b"250 ok", b"RCPT": b"250 ok", b"RSET": b"250 ok", b"NOOP": b"250 ok"}


@dataclass(frozen=True)
class Mail:
    message_id: str
    to: str


class MailServer:
    """`with MailServer() as mails:`; `mails.hangs` decides what becomes of the next mail's answer."""

    def __init__(self) -> None:
        self.received: list[Mail] = []
        self.hangs = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        serving = asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 stand-in\r\n")
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb in (b"EHLO", b"HELO"):
                    writer.write(b"250 stand-in\r\n")
                elif verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    self._keep(await reader.readuntil(b"\r\n.\r\n"))
                    if self.hangs:
                        await asyncio.sleep(3600)
                    writer.write(b"250 taken\r\n")
                elif verb == b"QUIT":
                    return
                else:
                    writer.write(ANSWERS.get(verb, b"502 unknown") + b"\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _keep(self, content: bytes) -> None:
        mail = email.message_from_bytes(content)
        self.received.append(Mail(str(mail["Message-ID"]), str(mail["To"])))
