"""Many consoles that have one chat open: from the commit of a message to the frame at each page."""

import json
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from bench.plan import Plan
from bench.processes import ROOT, Processes, StartFailed
from bench.system import System, running

# (clients, messages a second) as in performance.md.
CROWDS = ((2000, 2), (500, 10))
_SETTLE_SECONDS = 3


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    with running(processes, sink, senders=False) as system:
        scene = json.loads(system.run("-m", "bench.chat_scene", "prepare"))
        return {
            "people": len(scene["tokens"]),
            "crowds": [
                _crowd(plan, system, scene, clients // (10 if plan.is_quick else 1), a_second)
                for clients, a_second in CROWDS
            ],
        }


def _crowd(
    plan: Plan, system: System, scene: dict[str, Any], clients: int, a_second: int
) -> dict[str, Any]:
    port = str(urlsplit(system.live).port)
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "bench.chat_watchers", port, str(clients)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as consoles:
        try:
            told = _talk(system, consoles, scene, a_second * plan.watch_seconds, a_second)
        finally:
            consoles.kill()
    return {**told, "clients": clients, "a_second": a_second}


def _talk(
    system: System,
    consoles: "subprocess.Popen[str]",
    scene: dict[str, Any],
    messages: int,
    a_second: int,
) -> dict[str, Any]:
    assert consoles.stdout is not None
    assert consoles.stdin is not None
    consoles.stdin.write(json.dumps(scene) + "\n")
    consoles.stdin.flush()
    if consoles.stdout.readline().strip() != "ready":
        raise StartFailed("the consoles could not all come in")
    with system.meter() as meter:
        committed = system.run(
            "-m", "bench.chat_scene", "say", str(scene["chat"]), str(messages), str(a_second)
        )
        time.sleep(_SETTLE_SECONDS)
    consoles.stdin.write(committed + "\n")
    consoles.stdin.flush()
    told: dict[str, Any] = json.loads(consoles.stdout.readline())
    return {**told, "messages": messages, "cpu": meter.usage.cpu}
