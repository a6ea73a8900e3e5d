"""`python -m bench [names…] [--quick] [--long] [--docs]`: measures, then writes docs/benchmarks.md.

Each bench's last results are kept in var/bench. The document is made of all of them, and written by
a whole run or with `--docs`; half of a run, and `--quick`, show their report in var/bench.
Everything that is started is stopped, and its storage dropped, also on Ctrl-C.
"""

import argparse
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from bench import kept, machine, peer_packages, plan_report, report, storage
from bench.plan import Plan
from bench.processes import ROOT, Processes, StartFailed, end_once
from bench.runs import (
    batch,
    callbacks,
    chat,
    chat_sockets,
    cleanup,
    customers,
    growth,
    lists,
    memory,
    peers,
    single,
    sockets,
    tickets,
    urgent,
)
from bench.sections import CHART, GROWTH_CHART
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
    "growth": growth.measure,
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
BESIDE_PEERS = frozenset({"batch", "growth", "slow", "single", "peers"})


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    plan = Plan(asked.messages, asked.runs, asked.quick, asked.long)
    missing = storage.why_not()
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
    into_docs = (asked.docs or not asked.names) and not asked.quick
    _write(results, where, is_quick=asked.quick, into_docs=into_docs)
    return 1 if any("left_out" in found for found in results.values()) else 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], metavar="name")
    parser.add_argument("--messages", type=int, default=None)
    parser.add_argument("--runs", type=int, default=None)
    parser.add_argument("--quick", action="store_true", help="small, to see that it works")
    parser.add_argument(
        "--long", action="store_true", help="memory over 200,000 messages, growth to 1,000,000 too"
    )
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md by these too")
    asked = parser.parse_args(arguments)
    asked.messages = asked.messages or (1000 if asked.quick else 10_000)
    asked.runs = asked.runs or (1 if asked.quick else 3)
    return asked


def _measured(name: str, plan: Plan) -> Mapping[str, Any]:
    """A bench that cannot run is told as left out, with its reason; never a made-up figure."""
    plan.say(f"measuring: {name}")
    started = time.monotonic()
    try:
        with Processes() as processes:
            found = BENCHES[name](plan, processes, nginx.start(processes))
        plan.say(f"measured: {name}, {time.monotonic() - started:.0f} s")
        return found
    except Exception as error:
        sys.stderr.write(traceback.format_exc())
        lines = str(error).strip().splitlines() if isinstance(error, StartFailed) else []
        return {"left_out": lines[0] if lines else f"{type(error).__name__}: {error}"}


def _write(
    results: Mapping[str, Any], where: Mapping[str, Any], *, is_quick: bool, into_docs: bool
) -> None:
    folder = DOCS if into_docs else DRAFTS
    (folder / "images").mkdir(parents=True, exist_ok=True)
    DRAFTS.mkdir(parents=True, exist_ok=True)
    place = DRAFTS / ("quick.json" if is_quick else "results.json")
    found = kept.merged(place, results, where)
    kept.keep(place, found, where)
    (folder / "benchmarks.md").write_text(report.markdown(found, where))
    if "plans" in results.get("customers", {}):
        (folder / "customers-plans.md").write_text(plan_report.plans(results, where))
    if "yardstick" in found.get("peers", {}):
        (folder / CHART).write_text(report.drawing(found))
    if "by_size" in found.get("growth", {}):
        (folder / GROWTH_CHART).write_text(report.growth_drawing(found))
    sys.stdout.write(f"written: {folder / 'benchmarks.md'}\n")


def _take_files() -> None:
    """Thousands of sockets, here and in every process that is started."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
