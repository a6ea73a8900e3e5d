"""The Official Account's callbacks at a steady rate: answered in time, all worked, none twice."""

import json
from typing import Any

from bench.plan import Plan
from bench.processes import Processes
from bench.system import System, running

RATE = 200


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    with running(processes, sink, senders=False) as system:
        return {"a_second": RATE, "seconds": plan.press_seconds, **_pressed(plan, system)}


def _pressed(plan: Plan, system: System) -> dict[str, Any]:
    with system.meter() as meter:
        told = json.loads(
            system.run("-m", "bench.callback_load", system.web, str(RATE), str(plan.press_seconds))
        )
    worked = json.loads(system.run("-m", "bench.callback_rows", str(told["sent"])))
    return {**told, **worked, "cpu": meter.usage.cpu}
