"""How sending grows: with the batch, 1,000 to 1,000,000 messages, and with the worker's processes."""

from typing import Any

from bench.plan import Plan
from bench.processes import Processes
from bench.runs.batch import many, one
from bench.runs.peers import yardstick
from bench.system import SEND_PROCESSES, System, running

MOST_PROCESSES = 4


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    with running(processes, sink, senders=False) as system:
        by_processes = []
        for count in range(1, MOST_PROCESSES + 1):
            plan.say(f"  {count} processes")
            system.start_senders(count)
            runs = _beside_the_loop(system, plan, sink, plan.messages, plan.runs)
            by_processes.append([{**run, "processes": count} for run in runs])
            system.stop_senders()
        system.start_senders()
        by_size = [
            _beside_the_loop(system, plan, sink, messages, runs) for messages, runs in _sizes(plan)
        ]
    return {"process_count": SEND_PROCESSES, "by_size": by_size, "by_processes": by_processes}


def _sizes(plan: Plan) -> list[tuple[int, int]]:
    """Each with its number of runs; what is more than one call can take is sent once."""
    found = [(max(1, plan.messages // 10), plan.runs), (plan.messages, plan.runs)]
    if not plan.is_quick:
        found.append((10 * plan.messages, 1))
    if plan.is_long:
        found.append((100 * plan.messages, 1))
    return found


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
