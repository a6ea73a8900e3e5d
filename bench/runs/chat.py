"""Chats given out under contention: nobody above their limit, no chat twice, nobody left behind."""

import json
from typing import Any

from bench.plan import Plan
from bench.processes import Processes
from bench.system import running

PROCESSES = 8


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    chats = plan.chats
    with running(processes, sink, senders=False) as system:
        answer = system.run("-m", "bench.chat_assignment", str(chats), str(PROCESSES))
    # Before the JSON stands what the processes have logged.
    found: dict[str, Any] = json.loads(answer.splitlines()[-1])
    return found
