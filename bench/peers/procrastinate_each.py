"""procrastinate: PostgreSQL is the queue, and a job's row is the message's state."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence

import aiohttp
import procrastinate
import psycopg

from bench.peers.race import Job, race
from bench.peers.rows import message_body
from bench.processes import Processes

AT_ONCE = 50
_LOOK_SECONDS = 0.2
_URL = f"{os.environ['BENCH_SINK']}/cgi-bin/message/send?access_token=bench"
_sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}

app = procrastinate.App(
    connector=procrastinate.PsycopgConnector(
        conninfo=os.environ["BENCH_DATABASE_URL"], min_size=4, max_size=10
    ),
    import_paths=["bench.peers.procrastinate_each"],
)


@app.task(name="send", queue="send")
async def send(recipient: str, name: str) -> None:
    async with _session().post(_URL, json=message_body(recipient, name)) as response:
        answer = await response.json()
        if answer["errcode"] != 0:
            raise RuntimeError(str(answer))


def _session() -> aiohttp.ClientSession:
    """This loop's own, kept."""
    loop = asyncio.get_running_loop()
    if loop not in _sessions:
        _sessions[loop] = aiohttp.ClientSession()
    return _sessions[loop]


class ProcrastinateEach:
    packages = ("procrastinate",)
    safety = (
        "one job row a message, taken and ended by its own functions, each committed, with an "
        f"event row each; HTTP and database connections kept; one worker, {AT_ONCE} at once"
    )

    def start(self, job: Job, processes: Processes) -> Sequence[str]:
        with app.open():
            app.schema_manager.apply_schema()
        command = ["-m", "procrastinate", "-a", "bench.peers.procrastinate_each.app", "worker"]
        processes.start("workers", [sys.executable, *command, "-c", str(AT_ONCE)], os.environ)
        return ("workers",)

    def send(self, job: Job, run: int) -> float:
        started_at = time.time()
        with app.open():
            send.batch_defer(
                *({"recipient": f"u{run}.{n}", "name": f"客户{n}"} for n in range(job.messages))
            )
        with psycopg.connect(job.database_url, autocommit=True) as connection:
            while _waiting(connection):
                time.sleep(_LOOK_SECONDS)
            row = connection.execute(
                "SELECT extract(epoch FROM max(at)) FROM procrastinate_events"
                " WHERE type = 'succeeded' AND at >= to_timestamp(%s)",
                [started_at],
            ).fetchone()
        assert row is not None
        return float(row[0]) - started_at


def _waiting(connection: psycopg.Connection) -> int:
    row = connection.execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
    ).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    race(ProcrastinateEach())
