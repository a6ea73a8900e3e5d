"""BullMQ: Redis is the queue and the state; two Node processes. Needs npm."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import redis

from bench.peers.race import Job, race
from bench.processes import ROOT, Processes, run

SOURCE = Path(__file__).resolve().parent / "bullmq"
INSTALLED = ROOT / "var" / "bench-bullmq"
PROCESSES, AT_ONCE = 2, 50
_LOOK_SECONDS = 0.1


def install() -> None:
    """Its packages, in a folder of their own."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for source in SOURCE.iterdir():
        if source.is_file():
            shutil.copy(source, INSTALLED)
    run(["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(INSTALLED)])


class BullmqEach:
    packages = ("bullmq",)
    safety = (
        "one job a message in Redis, as durable as this Redis is (no fsync a message), locks "
        f"renewed, ended jobs kept; no database row; HTTP kept; {PROCESSES} × {AT_ONCE} at once"
    )

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        names = [f"workers-{number}" for number in range(PROCESSES)]
        script = str(INSTALLED / "worker.mjs")
        for name in names:
            processes.start(name, ["node", script, job.sink, job.redis_url, str(AT_ONCE)])
        return names

    def send(self, job: Job, run_number: int) -> float:
        store = redis.Redis.from_url(job.redis_url)
        wanted = store.zcard("bull:send:completed") + job.messages
        script = str(INSTALLED / "enqueue.mjs")
        # It tells when it had started up: Node's own start is no part of sending.
        told = run(["node", script, job.redis_url, str(run_number), str(job.messages)])
        while store.zcard("bull:send:completed") < wanted:
            time.sleep(_LOOK_SECONDS)
        # The score of an ended job is the millisecond in which it ended.
        last = store.zrange("bull:send:completed", -1, -1, withscores=True)
        return (float(last[0][1]) - float(told)) / 1000


if __name__ == "__main__":
    race(BullmqEach())
