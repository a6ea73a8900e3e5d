"""The cleanup of old messages while single ones are sent: how long a send takes, and whether it waits."""

import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench.plan import Plan
from bench.processes import Processes
from bench.system import System, running

BATCH = 1000
EVERY_SECONDS = 0.05
LOOK_SECONDS = 0.02
# Long enough for a million rows; a machine that is slower still says what is left.
MOST_SECONDS = 900
_BATCHES = """
INSERT INTO messaging_messagebatch (batch_id, channel, template_id, variables, total, is_paused,
    is_cancelled, created_at)
SELECT 'BATOLD' || n, 'WORK_WECHAT', %(template)s, '{}', %(size)s, false, false,
    now() - interval '400 days' + n * interval '200 days' / %(batches)s
FROM generate_series(0, %(batches)s - 1) n
"""
# Two hundred days of them, the newest two hundred days old; one in a hundred failed.
_MESSAGES = """
INSERT INTO messaging_message (message_id, batch_id, channel, template_id, template_version,
    recipient, variables, payload, priority, status, attempts, due_at, provider_message_id,
    error_code, error_detail, duration_ms, created_at, sent_at, finished_at)
SELECT 'MSGOLD' || n, %(first)s + n / %(size)s, 'WORK_WECHAT', %(template)s, 1, 'u' || n %% 50000,
    '{"name": "客户"}', '{"msgtype": "text", "text": {"content": "您好"}}', 5,
    CASE WHEN n %% 100 = 0 THEN 'failed' ELSE 'sent' END, 1, at, 'm' || n,
    CASE WHEN n %% 100 = 0 THEN '60111' ELSE '' END, '', 5 + n %% 90, at, at, at
FROM (SELECT n, now() - interval '400 days' + n * interval '200 days' / %(rows)s AS at
      FROM generate_series(0, %(rows)s - 1) n) AS made
"""
_ATTEMPTS = """
INSERT INTO messaging_messageattempt (message_id, number, outcome, code, detail, duration_ms, created_at)
SELECT id, 1, 'permanent', '60111', '成员不存在', 5, created_at FROM messaging_message
WHERE status = 'failed'
"""
# Whoever waits for a lock just now, and for how long; advisory locks of the relay are its own.
_WAITING = """
SELECT pid, extract(epoch FROM clock_timestamp() - waitstart) * 1000
FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = %s AND locktype <> 'advisory'
"""


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    with running(processes, sink, senders=False) as system:
        _fill(system, plan.rows)
        before = _sends(system, lambda: time.sleep(plan.press_seconds))
        cleaned: dict[str, Any] = {}
        clean = ("-m", "bench.cleanup_rows", str(MOST_SECONDS))
        with _lock_waits(system) as waits:
            during = _sends(system, lambda: cleaned.update(json.loads(system.run(*clean))))
        return {
            "rows": plan.rows,
            "left": _left(system),
            "before_ms": before,
            "during_ms": during,
            "longest_wait_ms": max(waits.values(), default=0.0),
            "waits": len(waits),
            **cleaned,
        }


def _fill(system: System, rows: int) -> None:
    batches = rows // BATCH
    given = {"template": system.template_id, "size": BATCH, "batches": batches, "rows": rows}
    with psycopg.connect(system.storage.database_url, autocommit=True) as connection:
        connection.execute(_BATCHES, given)
        connection.execute("SET synchronous_commit = off")
        first = connection.execute(
            "SELECT min(id) FROM messaging_messagebatch WHERE batch_id LIKE 'BATOLD%'"
        ).fetchone()
        assert first is not None
        connection.execute(_MESSAGES, {**given, "first": first[0]})
        connection.execute(_ATTEMPTS)
        connection.execute("VACUUM ANALYZE messaging_message")


def _left(system: System) -> int:
    with psycopg.connect(system.storage.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM messaging_message WHERE created_at < now() - interval '180 days'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _sends(system: System, meanwhile: Callable[[], object]) -> list[float]:
    """One send every 50 ms as long as `meanwhile` takes; milliseconds from request to 202."""
    over = threading.Event()
    times: list[float] = []
    failures: list[str] = []
    sender = threading.Thread(target=_send_until, args=(system, over, times, failures))
    sender.start()
    try:
        meanwhile()
    finally:
        over.set()
        sender.join()
    if failures:
        raise RuntimeError(f"{len(failures)} sends failed: {failures[0]}")
    return times


def _send_until(
    system: System, over: threading.Event, times: list[float], failures: list[str]
) -> None:
    address = urlsplit(system.live)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    name = secrets.token_hex(4)
    number = 0
    while not over.wait(EVERY_SECONDS):
        number += 1
        body = {
            "template_id": system.template_id,
            "recipient": f"{name}.{number}",
            "variables": {"name": "客户", "content": "感谢您的支持！"},
        }
        headers = {
            "Authorization": f"Api-Key {system.api_key}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{name}.{number}",
        }
        started = time.perf_counter()
        connection.request("POST", "/api/messages/send", json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        content = answer.read()
        times.append(1000 * (time.perf_counter() - started))
        if answer.status != 202:
            failures.append(f"{answer.status} {content[:200]!r}")
    connection.close()


@contextmanager
def _lock_waits(system: System) -> Iterator[dict[int, float]]:
    """Who waited for a lock of the database, and the longest that was seen of each, in ms."""
    over = threading.Event()
    waits: dict[int, float] = {}

    def look() -> None:
        with psycopg.connect(system.storage.database_url, autocommit=True) as connection:
            while not over.wait(LOOK_SECONDS):
                for pid, spent in connection.execute(_WAITING, [system.storage.database]):
                    waits[pid] = max(waits.get(pid, 0.0), float(spent or 0))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield waits
    finally:
        over.set()
        watcher.join()
