"""The yardstick: one bare aiohttp loop on uvloop that POSTs rendered texts and keeps no state."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence

import aiohttp
import uvloop
from yarl import URL

from bench.peers.race import Job, race
from bench.peers.rows import message_body
from bench.processes import Processes


class Loop:
    safety = "none: no row, no retry, no limit; what a crash loses is lost"
    packages = ("aiohttp", "uvloop")

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        return ()

    def send(self, job: Job, run: int) -> float:
        started = time.perf_counter()
        uvloop.run(_send(job, run))
        return time.perf_counter() - started


async def _send(job: Job, run: int) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    url = URL(f"{job.sink}/cgi-bin/message/send?access_token=bench")
    numbers = iter(range(job.messages))
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        await asyncio.gather(*(_lane(session, url, numbers, run) for _ in range(job.callers)))


async def _lane(session: aiohttp.ClientSession, url: URL, numbers: Iterator[int], run: int) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    for number in numbers:
        body = message_body(f"u{run}.{number}", f"客户{number}")
        content = json.dumps(body, ensure_ascii=False).encode()
        async with session.post(url, data=content, headers=headers) as response:
            answer = json.loads(await response.read())
            if answer["errcode"] != 0:
                raise RuntimeError(str(answer))


if __name__ == "__main__":
    race(Loop())
