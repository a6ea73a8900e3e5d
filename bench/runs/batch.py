"""A batch, end to end, everything on; beside the bare loop just before and after it."""

import time
from typing import Any

from bench.plan import Plan
from bench.processes import Processes
from bench.runs.peers import yardstick
from bench.system import SAFETY, System, running

SMALL, LARGE_CALLS = 1000, 10


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    with running(processes, sink) as system:
        middle = _beside_the_loop(system, plan, sink)
        return {
            "safety": SAFETY,
            "small": [one(system, min(SMALL, plan.messages)) for _ in range(plan.runs)],
            "middle": middle,
            "large": [many(system, plan.messages, LARGE_CALLS)],
        }


def accept(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    """How long `send-batch` takes to answer; nothing is being sent meanwhile."""
    with running(processes, sink) as system:
        seconds = []
        for _ in range(max(plan.runs, 10)):
            body = system.batch_body(plan.messages)
            batch_id, spent = system.accept_batch(body)
            system.wait_for(batch_id, plan.messages)
            seconds.append(spent)
        return {"messages": plan.messages, "seconds": seconds}


def slow(plan: Plan, processes: Processes, sink: str, milliseconds: int) -> dict[str, Any]:
    """The same batch to a provider that takes its time; a hundred calls at once a process."""
    with running(processes, sink, pool_size=100) as system:
        return {"milliseconds": milliseconds, "runs": _beside_the_loop(system, plan, sink)}


def _beside_the_loop(system: System, plan: Plan, sink: str) -> list[dict[str, Any]]:
    """Each run, and the mean of what the loop did just before and just after it."""
    runs, before = [], yardstick(plan, sink)
    for _ in range(plan.runs):
        run = one(system, plan.messages)
        after = yardstick(plan, sink)
        runs.append({**run, "yardstick": (before + after) / 2})
        before = after
    return runs


def one(system: System, messages: int) -> dict[str, Any]:
    with system.meter() as meter:
        sent = system.send_batch(messages)
    return {
        **meter.usage.as_dict(),
        "messages": messages,
        "seconds": sent.seconds,
        "accept_seconds": sent.accept_seconds,
    }


def many(system: System, messages: int, calls: int) -> dict[str, Any]:
    """So many calls one after the other, while the first ones are already going out."""
    bodies = [system.batch_body(messages) for _ in range(calls)]
    with system.meter() as meter:
        started_at = time.time()
        batches = [system.accept_batch(body) for body in bodies]
        ended = [system.wait_for(batch_id, messages) for batch_id, _ in batches]
    return {
        **meter.usage.as_dict(),
        "messages": messages * calls,
        "seconds": max(ended) - started_at,
    }
