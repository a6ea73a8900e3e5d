"""`python -m bench [names…] [--quick] [--long]`: measures, then writes docs/benchmarks.md.

The document is written by a whole run only: half of a run, and `--quick`, show their report in
var/bench. Everything that is started is stopped, and its storage dropped, also on Ctrl-C.
"""

import argparse
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from bench import machine, peer_packages, plan_report, report, services
from bench.plan import Plan
from bench.processes import ROOT, Processes, StartFailed, end_once
from bench.runs import (
    batch,
    callbacks,
    chat,
    chat_sockets,
    cleanup,
    customers,
    lists,
    memory,
    peers,
    single,
    sockets,
    tickets,
    urgent,
)
from bench.sections import CHART
from bench.sinks import nginx, slow

SLOW_MILLISECONDS = 20
DRAFTS = ROOT / "var" / "bench"
DOCS = ROOT / "docs"

Bench = Callable[[Plan, Processes, str], Mapping[str, Any]]


def _slow(plan: Plan, processes: Processes, sink: str) -> Mapping[str, Any]:
    return batch.slow(plan, processes, slow.start(processes, SLOW_MILLISECONDS), SLOW_MILLISECONDS)


def _peers(plan: Plan, processes: Processes, sink: str) -> Mapping[str, Any]:
    return {**peers.measure(plan, sink), "versions": machine.peer_versions()}


BENCHES: dict[str, Bench] = {
    "batch": batch.measure,
    "accept": batch.accept,
    "slow": _slow,
    "urgent": urgent.measure,
    "single": single.measure,
    "peers": _peers,
    "lists": lists.measure,
    "customers": customers.measure,
    "tickets": tickets.measure,
    "chat": chat.measure,
    "sockets": sockets.measure,
    "chat-sockets": chat_sockets.measure,
    "callbacks": callbacks.measure,
    "cleanup": cleanup.measure,
    "memory": memory.measure,
}
ONLY_LONG = frozenset({"memory"})
# They need the peers' own environment.
BESIDE_PEERS = frozenset({"batch", "slow", "single", "peers"})


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    plan = Plan(asked.messages, asked.runs, asked.quick)
    missing = services.why_not()
    if missing:
        sys.stderr.write(f"✗ PostgreSQL, RabbitMQ and Redis are needed: {missing}\n")
        return 1
    _take_files()
    end_once()
    names = asked.names or [n for n in BENCHES if asked.long or n not in ONLY_LONG]
    try:
        if BESIDE_PEERS & set(names):
            plan.say("preparing the peers' packages")
            peer_packages.install()
        where = {**machine.describe(), "cores": os.cpu_count(), "nginx_note": nginx.FALLBACK_NOTE}
        results = {name: _measured(name, plan) for name in names}
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 130
    is_whole = not asked.names and not asked.quick
    _write(results, where, is_whole=is_whole)
    return 1 if any("left_out" in found for found in results.values()) else 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], metavar="name")
    parser.add_argument("--messages", type=int, default=None)
    parser.add_argument("--runs", type=int, default=None)
    parser.add_argument("--quick", action="store_true", help="small, to see that it works")
    parser.add_argument("--long", action="store_true", help="memory over 200,000 messages too")
    asked = parser.parse_args(arguments)
    asked.messages = asked.messages or (1000 if asked.quick else 10_000)
    asked.runs = asked.runs or (1 if asked.quick else 3)
    return asked


def _measured(name: str, plan: Plan) -> Mapping[str, Any]:
    """A bench that cannot run is told as left out, with its reason; never a made-up figure."""
    plan.say(f"measuring: {name}")
    try:
        with Processes() as processes:
            return BENCHES[name](plan, processes, nginx.start(processes))
    except Exception as error:
        sys.stderr.write(traceback.format_exc())
        lines = str(error).strip().splitlines() if isinstance(error, StartFailed) else []
        return {"left_out": lines[0] if lines else f"{type(error).__name__}: {error}"}


def _write(results: Mapping[str, Any], where: Mapping[str, Any], *, is_whole: bool) -> None:
    folder = DOCS if is_whole else DRAFTS
    (folder / "images").mkdir(parents=True, exist_ok=True)
    DRAFTS.mkdir(parents=True, exist_ok=True)
    told = json.dumps({"machine": where, "results": results}, ensure_ascii=False)
    (DRAFTS / "results.json").write_text(told)
    (folder / "benchmarks.md").write_text(report.markdown(results, where))
    if "plans" in results.get("customers", {}):
        (folder / "customers-plans.md").write_text(plan_report.plans(results, where))
    if "peers" in results and "yardstick" in results["peers"]:
        (folder / CHART).write_text(report.drawing(results))
    sys.stdout.write(f"written: {folder / 'benchmarks.md'}\n")


def _take_files() -> None:
    """Thousands of sockets, here and in every process that is started."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
