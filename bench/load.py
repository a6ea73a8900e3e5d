"""Many callers at once of `POST /api/messages/send`: wrk, or where there is none, asyncio."""

import asyncio
import json
import secrets
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import uvloop

from bench.processes import ROOT, run

PATH = "/api/messages/send"
WRK_THREADS = 1
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Load:
    """What the callers saw."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def qps(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True)
class Target:
    base: str
    api_key: str
    template_id: int


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "asyncio (no wrk here: it uses more CPU itself)"


def press(target: Target, callers: int, seconds: int) -> Load:
    """So many callers, each asking again as soon as it is answered, for so long."""
    name = secrets.token_hex(4)
    arguments = [name, target.api_key, str(target.template_id)]
    if shutil.which("wrk"):
        wrk = ["wrk", "-t", str(WRK_THREADS), "-c", str(callers), "-d", f"{seconds}s"]
        limits = ["--timeout", f"{_TIMEOUT_SECONDS}s", "-s", str(ROOT / "bench" / "load.lua")]
        output = run([*wrk, *limits, target.base + PATH, "--", *arguments])
    else:
        command = [sys.executable, "-m", "bench.load", target.base, str(callers), str(seconds)]
        output = run([*command, *arguments])
    return Load(**json.loads(output.strip().splitlines()[-1]))


class _Caller:
    """One connection that asks again and again."""

    def __init__(self, target: Target, name: str, until: float) -> None:
        self._target = target
        self._name = name
        self._until = until
        self.times: list[float] = []
        self.errors = 0

    async def call(self) -> None:
        address = urlsplit(self._target.base)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while (started := time.perf_counter()) < self._until:
            writer.write(self._request(len(self.times)))
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(_length(head))
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                self.errors += 1
                break
            self.errors += not head.startswith(b"HTTP/1.1 2")
            self.times.append(time.perf_counter() - started)
        writer.close()

    def _request(self, number: int) -> bytes:
        name = f"{self._name}.{number}"
        body = json.dumps(
            {
                "template_id": self._target.template_id,
                "recipient": name,
                "variables": {"name": "客户", "content": "感谢您的支持！"},
                "priority": 5,
            },
            ensure_ascii=False,
        ).encode()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {urlsplit(self._target.base).netloc}\r\n"
            f"Authorization: Api-Key {self._target.api_key}\r\nIdempotency-Key: {name}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":", 1)[1])
    return 0


async def press_here(target: Target, callers: int, seconds: int, name: str) -> Load:
    """The same without wrk."""
    started = time.perf_counter()
    own = [_Caller(target, f"{name}.{number}", started + seconds) for number in range(callers)]
    await asyncio.gather(*(caller.call() for caller in own))
    times = sorted(1000 * spent for caller in own for spent in caller.times) or [0.0]
    return Load(
        requests=len(times),
        seconds=time.perf_counter() - started,
        p50_ms=times[len(times) // 2],
        p99_ms=times[int(len(times) * 0.99)],
        errors=sum(caller.errors for caller in own),
    )


if __name__ == "__main__":
    _base, _callers, _seconds, _run, _key, _template = sys.argv[1:]
    _target = Target(_base, _key, int(_template))
    _load = uvloop.run(press_here(_target, int(_callers), int(_seconds), _run))
    sys.stdout.write(json.dumps(asdict(_load)))
