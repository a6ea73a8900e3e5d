"""Urgent single messages while low ones are going out: from `created_at` to `sent_at`."""

import time
from typing import Any

import psycopg

from bench.plan import Plan
from bench.processes import Processes
from bench.system import System, running

LOW, URGENT = 1, 10
MESSAGES_A_ROUND = 50
PAUSE_SECONDS = 0.025
_LATENCIES = """
SELECT extract(epoch FROM m.sent_at - m.created_at) * 1000 FROM messaging_message m
WHERE m.priority = 10 AND m.created_at > to_timestamp(%s) AND m.created_at < (
    SELECT max(low.finished_at) FROM messaging_message low
    JOIN messaging_messagebatch b ON b.id = low.batch_id WHERE b.batch_id = %s)
"""


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    with running(processes, sink) as system:
        _send_urgent(system, "warm-up")
        idle = _alone(system, plan)
        busy: list[float] = []
        for number in range(plan.runs):
            busy += _round(system, plan, number)
    return {"low": plan.messages, "milliseconds": busy, "idle_milliseconds": idle}


def _round(system: System, plan: Plan, number: int) -> list[float]:
    """One low batch, and urgent messages until it ends; only those that came before its end."""
    body = system.batch_body(plan.messages, LOW)
    started_at = time.time()
    batch_id, _ = system.accept_batch(body)
    for place in range(MESSAGES_A_ROUND):
        _send_urgent(system, f"urgent.{number}.{place}")
        time.sleep(PAUSE_SECONDS)
    system.wait_for(batch_id, plan.messages)
    return _latencies(system, started_at, batch_id)


def _alone(system: System, plan: Plan) -> list[float]:
    """The same with nothing else under way; the batch that follows marks the end."""
    started_at = time.time()
    for place in range(MESSAGES_A_ROUND):
        _send_urgent(system, f"alone.{place}")
        time.sleep(PAUSE_SECONDS)
    last = system.send_batch(1, LOW)
    return _latencies(system, started_at, last.batch_id)


def _send_urgent(system: System, recipient: str) -> None:
    variables = {"name": "客户", "content": "紧急"}
    body = {"template_id": system.template_id, "recipient": recipient, "variables": variables}
    system.post(system.live, "/api/messages/send", {**body, "priority": URGENT})


def _latencies(system: System, started_at: float, batch_id: str) -> list[float]:
    with psycopg.connect(system.storage.database_url) as connection:
        found = connection.execute(_LATENCIES, [started_at, batch_id]).fetchall()
    if any(value is None for (value,) in found):
        raise RuntimeError("an urgent message was not sent")
    return sorted(float(value) for (value,) in found)
