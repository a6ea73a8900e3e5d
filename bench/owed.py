"""What the project owes, from one run's results; a bench that did not run owes nothing here."""

from collections.abc import Mapping
from statistics import median
from typing import Any

from bench.figures import (
    Owed,
    at_least,
    at_most,
    growth_mb,
    median_rate,
    median_share,
    percentile,
)

Results = Mapping[str, Any]
FAIR_PEER = "Celery, a task a message, fair"
# A worker's memory may move by so much without growing.
STILL_MB = 2.0


def owed(results: Results) -> list[Owed]:
    measured = {name: found for name, found in results.items() if "left_out" not in found}
    rows: list[Owed] = []
    for name, promises in _PROMISES.items():
        if name in measured:
            rows += promises(measured)
    return rows


def fair_peer(results: Results) -> Mapping[str, Any] | None:
    """Celery in its fair form, if it ran."""
    found = results.get("peers", {}).get("peers", [])
    return next((p for p in found if p["name"] == FAIR_PEER and "runs" in p), None)


def _batch(results: Results) -> list[Owed]:
    runs = results["batch"]["middle"]
    share = median_share(runs)
    name = f"batch of {runs[0]['messages']:,} end to end, share of the bare loop"
    rows = [at_least(name, share, 0.45, 0.70, key="batch")]
    peer = fair_peer(results)
    if peer:
        # By way of the loop beside each: the machine may have been slower for one of them.
        times = share * peer["yardstick"] / median_rate(peer["runs"])
        rows.append(
            at_least(
                "the same against Celery with a task a message, fair",
                times,
                12,
                20,
                "×",
                key="celery",
            )
        )
    return rows


def _accept(results: Results) -> list[Owed]:
    found = results["accept"]
    value = found["messages"] / median(found["seconds"])
    name = f"`send-batch` of {found['messages']:,}, request to answer"
    return [at_least(name, value, 20_000, 45_000, "recipients/s")]


def _slow(results: Results) -> list[Owed]:
    found = results["slow"]
    runs = found["runs"]
    speed = median_rate(runs)
    loop = speed / median_share(runs)
    name = f"batch of {runs[0]['messages']:,} to a provider of {found['milliseconds']} ms"
    return [at_least(name, speed, 3000, max(3000, 0.8 * loop), "msg/s")]


def _urgent(results: Results) -> list[Owed]:
    found = results["urgent"]
    p99 = percentile(found["milliseconds"], 0.99)
    name = f"urgent single during {found['low']:,} low ones, p99"
    return [at_most(name, p99, 500, 150, "ms", key="urgent")]


def _single(results: Results) -> list[Owed]:
    found = results["single"]
    few, many = found["accepting"]["64"], found["accepting"]["500"]
    raw = median(run["64"]["qps"] for run in found["raw"])
    aim = max(0.5 * raw, 1867)
    return [
        at_least("`send` at c=64", few["qps"], 1000, aim, "QPS", key="send"),
        at_most("`send` at c=64, p99", few["p99_ms"], 150, 80, "ms"),
        at_most("`send` at c=500, median", many["p50_ms"], 300, 100, "ms"),
        at_most("`send` at c=500, errors", many["errors"], 0, 0, ""),
    ]


def _lists(results: Results) -> list[Owed]:
    found = results["lists"]
    what = f"list, search and overview of {found['messages']:,} messages"
    return [_slowest(what, found["calls"], "lists")]


def _customers(results: Results) -> list[Owed]:
    found = results["customers"]
    what = f"list, search and overview of {found['customers']:,} customers"
    return [_slowest(what, found["calls"], "customers")]


def _slowest(what: str, calls: Mapping[str, list[float]], key: str) -> Owed:
    worst = max(calls, key=lambda name: percentile(calls[name], 0.95))
    value = percentile(calls[worst], 0.95)
    return at_most(f"{what}, the slowest ({worst}), p95", value, 200, 50, "ms", key=key)


def _chat(results: Results) -> list[Owed]:
    found = results["chat"]
    wrong = sum(found[name] for name in ("above_capacity", "double", "starved", "wrong_loads"))
    many = f"{found['chats']:,} chats, {found['processes']} processes"
    return [
        at_most(f"{many}: above capacity, given twice, never given", wrong, 0, 0, ""),
        at_most(
            "a freed slot is filled, p95", percentile(found["filled_ms"], 0.95), 1000, 300, "ms"
        ),
    ]


def _sockets(results: Results) -> list[Owed]:
    found = results["sockets"]
    p99 = percentile(found["milliseconds"], 0.99)
    name = f"{found['clients']:,} clients watch one batch, 2 events/s, p99"
    return [at_most(name, p99, 450, 200, "ms", key="sockets")]


def _chat_sockets(results: Results) -> list[Owed]:
    rows = []
    for found in results["chat-sockets"]["crowds"]:
        p99 = percentile(found["milliseconds"], 0.99)
        name = f"{found['clients']:,} consoles watch one chat, {found['a_second']} messages/s, p99"
        rows.append(at_most(name, p99, 450, 200, "ms"))
    return rows


def _memory(results: Results) -> list[Owed]:
    found = results["memory"]
    grown = growth_mb(found["samples"], found["settled_after"])
    name = f"growth of a send worker after its first {found['settled_after']:,} messages"
    return [at_most(name, grown, STILL_MB, STILL_MB, "MB")]


def _callbacks(results: Results) -> list[Owed]:
    found = results["callbacks"]
    many = f"{found['a_second']} callbacks a second"
    refused = sum(count for status, count in found["statuses"].items() if status != "200")
    wrong = found["missing"] + found["twice"]
    return [
        at_most(f"{many}: not answered with 200", refused, 0, 0, ""),
        at_most(f"{many}: not worked, or worked twice", wrong, 0, 0, ""),
    ]


def _cleanup(results: Results) -> list[Owed]:
    found = results["cleanup"]
    many = f"cleanup of {found['deleted']:,} of {found['rows']:,} old messages"
    return [
        at_most(
            f"{many}: longest wait of a send for a lock", found["longest_wait_ms"], 100, 0, "ms"
        ),
        at_most(f"{many}: a send, p99", percentile(found["during_ms"], 0.99), 100, 50, "ms"),
    ]


_PROMISES = {
    "batch": _batch,
    "slow": _slow,
    "urgent": _urgent,
    "single": _single,
    "accept": _accept,
    "chat": _chat,
    "sockets": _sockets,
    "chat-sockets": _chat_sockets,
    "lists": _lists,
    "customers": _customers,
    "callbacks": _callbacks,
    "cleanup": _cleanup,
    "memory": _memory,
}
