"""Many clients who watch one batch: from the change in the database to the frame at each client."""

import datetime as dt
import json
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.plan import Plan
from bench.processes import ROOT, Processes, StartFailed
from bench.system import System, running

EVENTS_A_SECOND = 2
_SETTLE_SECONDS = 3
_SENT = """
UPDATE messaging_message SET status = 'sent', sent_at = clock_timestamp(),
    finished_at = clock_timestamp()
WHERE id = (SELECT min(id) FROM messaging_message WHERE status = 'scheduled')
"""


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    events = EVENTS_A_SECOND * plan.watch_seconds
    with running(processes, sink, senders=False) as system:
        page = f"/ws/batches/{_waiting_batch(system, events + 10)}"
        paths = [f"{page}?token={token}" for token in system.watcher_tokens]
        command = [sys.executable, "-m", "bench.watchers", str(urlsplit(system.live).port)]
        with subprocess.Popen(  # noqa: S603 - our own command
            [*command, str(plan.watchers), *paths],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as watchers:
            try:
                return {**_watched(system, watchers, events), "clients": plan.watchers}
            finally:
                watchers.kill()


def _watched(system: System, watchers: "subprocess.Popen[str]", events: int) -> dict[str, Any]:
    assert watchers.stdout is not None
    assert watchers.stdin is not None
    if watchers.stdout.readline().strip() != "ready":
        raise StartFailed("the watchers could not all come in")
    with system.meter() as meter:
        published = _publish(system, events)
        time.sleep(_SETTLE_SECONDS)
    watchers.stdin.write(json.dumps(published) + "\n")
    watchers.stdin.flush()
    told: dict[str, Any] = json.loads(watchers.stdout.readline())
    return {**told, "events": events, "cpu": meter.usage.cpu}


def _waiting_batch(system: System, messages: int) -> str:
    """A batch that nothing sends: it is due tomorrow."""
    body = json.loads(system.batch_body(messages))
    body["send_at"] = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    return system.accept_batch(json.dumps(body).encode())[0]


def _publish(system: System, events: int) -> dict[int, float]:
    """Changes a message again and again; when, by how many are sent then."""
    published = {}
    with psycopg.connect(system.storage.database_url, autocommit=True) as connection:
        for number in range(1, events + 1):
            published[number] = time.time()
            connection.execute(_SENT)
            time.sleep(max(0.0, published[number] + 1 / EVENTS_A_SECOND - time.time()))
    return published
