"""Apprise, one `notify` a message from eight threads; it keeps no state."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import apprise

from bench.peers.race import Job, race
from bench.peers.rows import BODY
from bench.processes import Processes

THREADS = 8


class AppriseEach:
    packages = ("apprise",)
    safety = "none: no row, no retry; its own JSON plugin, since its WeCom one knows one host only"

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        return ()

    def send(self, job: Job, run: int) -> float:
        address = job.sink.replace("http://", "json://")

        def notify(number: int) -> None:
            target = apprise.Apprise()
            target.add(f"{address}/cgi-bin/message/send?:touser=u{run}.{number}")
            if not target.notify(body=BODY.format(name=f"客户{number}")):
                raise RuntimeError("apprise could not send")

        started = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as threads:
            for _ in threads.map(notify, range(job.messages)):
                pass
        return time.perf_counter() - started


if __name__ == "__main__":
    race(AppriseEach())
