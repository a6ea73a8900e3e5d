"""Memory of one send worker over many messages: it may not grow after the first twenty thousand."""

from typing import Any

from bench.meter import family, resident_mb
from bench.plan import Plan
from bench.processes import Processes
from bench.system import running

MESSAGES = 200_000


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    total = MESSAGES if not plan.is_quick else 10 * plan.messages
    with running(processes, sink, senders=False) as system:
        system.start_one_sender()
        samples = []
        for sent in range(plan.messages, total + 1, plan.messages):
            system.send_batch(plan.messages)
            root = system.pid("send")
            samples.append((sent, max(resident_mb(pid) for pid in family(root) - {root})))
    return {"samples": samples, "settled_after": total // 10}
