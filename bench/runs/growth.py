"""How sending grows: with the batch, 1,000 to 1,000,000 messages, and with the worker's processes."""

from collections.abc import Sequence
from typing import Any

from bench.plan import Plan
from bench.processes import Processes
from bench.runs.batch import many, one
from bench.runs.peers import yardstick
from bench.system import SEND_PROCESSES, System, running

MOST_PROCESSES = 4


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    return {
        "process_count": SEND_PROCESSES,
        "by_size": _by_size(plan, processes, sink),
        "by_processes": _by_processes(plan, processes, sink),
    }


def _by_size(plan: Plan, processes: Processes, sink: str) -> list[list[dict[str, Any]]]:
    """For each size its runs; beyond 10,000 so many calls of 10,000, once."""
    with running(processes, sink, senders=False) as system:
        system.start_senders()
        found = [
            _beside_the_loop(system, plan, sink, size, plan.runs)
            for size in _sizes(plan, small=True)
        ]
        found += [
            _beside_the_loop(system, plan, sink, size, 1) for size in _sizes(plan, small=False)
        ]
        return found


def _by_processes(plan: Plan, processes: Processes, sink: str) -> list[list[dict[str, Any]]]:
    found = []
    for count in range(1, MOST_PROCESSES + 1):
        plan.say(f"  {count} processes")
        with running(processes, sink, senders=False) as system:
            system.start_senders(count)
            runs = _beside_the_loop(system, plan, sink, plan.messages, plan.runs)
        found.append([{**run, "processes": count} for run in runs])
    return found


def _sizes(plan: Plan, *, small: bool) -> Sequence[int]:
    if small:
        return sorted({max(1, plan.messages // 10), plan.messages})
    most = 100 if plan.is_long else 10
    return [plan.messages * times for times in (10, 100) if times <= most and not plan.is_quick]


def _beside_the_loop(
    system: System, plan: Plan, sink: str, messages: int, runs: int
) -> list[dict[str, Any]]:
    plan.say(f"  {messages:,} messages")
    calls = max(1, messages // plan.messages)
    found, before = [], yardstick(plan, sink)
    for _ in range(runs):
        run = one(system, messages) if calls == 1 else many(system, plan.messages, calls)
        after = yardstick(plan, sink)
        found.append({**run, "yardstick": (before + after) / 2})
        before = after
    return found
