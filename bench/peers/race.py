"""One peer's runs: prepares its work, starts its workers, times it, tells as JSON."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from bench.meter import Meter
from bench.processes import Processes, end_once

WARM_UP = 200


@dataclass(frozen=True)
class Job:
    """What a peer is to do, from its environment."""

    sink: str
    smtp_port: int
    database: str
    database_url: str
    broker_url: str
    redis_url: str
    messages: int
    runs: int
    callers: int


class Peer(Protocol):
    """`start` brings its workers up; `send` hands over one run's messages, waits for the last one,
    and returns the seconds from the first to the last."""

    safety: str
    packages: Sequence[str]

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        """Starts the workers; the names of those whose CPU and memory count."""
        ...

    def send(self, job: Job, run: int) -> float: ...


def job_from_environment() -> Job:
    return Job(
        sink=os.environ["BENCH_SINK"],
        smtp_port=int(os.environ.get("BENCH_SMTP_PORT", "0")),
        database=os.environ.get("BENCH_DATABASE", ""),
        database_url=os.environ.get("BENCH_DATABASE_URL", ""),
        broker_url=os.environ.get("BENCH_BROKER_URL", ""),
        redis_url=os.environ.get("BENCH_REDIS_URL", ""),
        messages=int(os.environ["BENCH_MESSAGES"]),
        runs=int(os.environ["BENCH_RUNS"]),
        callers=int(os.environ.get("BENCH_CALLERS", "100")),
    )


def race(peer: Peer) -> None:
    """Runs the peer and writes what it took to standard output."""
    end_once()
    job = job_from_environment()
    runs: list[dict[str, Any]] = []
    with Processes() as processes:
        workers = peer.start(job, processes)
        # Workers are up, and connections are there, once these are through.
        peer.send(replace(job, messages=min(WARM_UP, job.messages)), -1)
        for run in range(job.runs):
            roots = {name: processes.pid(name) for name in workers}
            with Meter(roots, job.database, own="caller") as meter:
                seconds = peer.send(job, run)
            usage = meter.usage.as_dict()
            runs.append({**usage, "messages": job.messages, "seconds": seconds})
    told = {"safety": peer.safety, "packages": list(peer.packages), "runs": runs}
    sys.stdout.write("\n" + json.dumps(told) + "\n")
