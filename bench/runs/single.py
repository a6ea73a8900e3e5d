"""`POST /api/messages/send` under many callers, beside the raw limit: ASGI, a pool, one INSERT."""

import os
from dataclasses import asdict
from typing import Any

import psycopg

from bench import peer_packages
from bench.load import Load, Target, generator, press
from bench.meter import Meter
from bench.peers.rows import ACCEPTED_TABLE
from bench.plan import Plan
from bench.processes import Processes, StartFailed, free_port
from bench.storage import fresh
from bench.system import running

CALLERS = (64, 500)
SAFETY = (
    "each request with an API key, a rate limit in Redis (raised so that it refuses nobody), an "
    "idempotency key of its own, the template and its variables checked, row and chunk committed "
    "(fsync) before the 202; requests of one moment share a commit"
)
RAW_SAFETY = (
    "one committed row (fsync) a request; no authentication, limit, idempotency key or template"
)
_WARM_UP_SECONDS = 1


def measure(plan: Plan, processes: Processes, sink: str) -> dict[str, Any]:
    raw_before = _raw(plan, processes)
    with running(processes, sink, senders=False) as system:
        own = Target(system.live, system.api_key, system.template_id)
        accepting = _pressed(plan, own, system.meter)
        system.start_senders()
        sending = _pressed(plan, own, system.meter)
    return {
        "generator": generator(),
        "safety": SAFETY,
        "raw_safety": RAW_SAFETY,
        "raw": [raw_before, _raw(plan, processes)],
        "accepting": accepting,
        "sending": sending,
    }


def _raw(plan: Plan, processes: Processes) -> dict[str, Any]:
    with fresh("peer") as storage:
        with psycopg.connect(storage.database_url, autocommit=True) as connection:
            connection.execute(ACCEPTED_TABLE)
        port = free_port()
        server = [str(peer_packages.VENV / "bin" / "granian"), "--interface", "asgi", "--no-ws"]
        options = ["--loop", "uvloop", "--workers", "2", "--port", str(port)]
        environment = {**os.environ, "BENCH_DATABASE_URL": storage.database_url}
        command = [*server, *options, "bench.peers.raw_asgi:app"]
        try:
            processes.start("raw", command, environment)
            processes.wait_for_port("raw", port)
            target = Target(f"http://127.0.0.1:{port}", "none", 1)
            roots = {"raw": processes.pid("raw")}
            return _pressed(plan, target, lambda: Meter(roots, storage.database))
        finally:
            processes.stop("raw")


def _pressed(plan: Plan, target: Target, meter: Any) -> dict[str, Any]:
    press(target, CALLERS[0], _WARM_UP_SECONDS)
    found = {}
    for callers in CALLERS:
        with meter() as measured:
            load = press(target, callers, plan.press_seconds)
        found[str(callers)] = {**_shown(load), **measured.usage.as_dict()}
    return found


def _shown(load: Load) -> dict[str, Any]:
    if not load.requests:
        raise StartFailed("no request was answered")
    return {**asdict(load), "qps": load.qps}
