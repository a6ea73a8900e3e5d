"""The sections of docs/benchmarks.md, one a bench: tables from its results."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from bench.figures import cpu_ms, growth_mb, median_rate, median_share, peak_mb, percentile

Results = Mapping[str, Any]
CHART = "images/benchmarks.svg"
GROWTH_CHART = "images/growth.svg"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def number(value: float) -> str:
    """Three digits that count: `12,345`, `123`, `1.23`, `0.045`."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.3f}"


def _batch(results: Results) -> str:
    found = results["batch"]
    sizes = [found["small"], found["middle"], found["large"]]
    rows = []
    for runs in sizes:
        cost = cpu_ms(runs)
        rows.append(
            [
                f"{runs[0]['messages']:,}",
                number(median_rate(runs)),
                number(sum(cost.values())),
                number(peak_mb(runs, ["send"])),
                number(max(run["biggest_mb"]["send"] for run in runs)),
            ]
        )
    head = ["messages", "msg/s", "CPU ms a message", "send workers, MB", "one process, MB"]
    costs = [cpu_ms(runs) for runs in sizes]
    names = sorted(costs[1], key=lambda name: -costs[1][name])
    by_component = [[name, *(number(cost.get(name, 0.0)) for cost in costs)] for name in names]
    middle = found["middle"]
    loops = ", ".join(number(run["yardstick"]) for run in middle)
    shares = ", ".join(
        f"{run['messages'] / run['seconds'] / run['yardstick']:.2f}" for run in middle
    )
    return "\n\n".join(
        [
            "## A batch, end to end",
            (
                "From `POST /api/messages/send-batch` (a WORK_WECHAT template with a variable for each "
                "recipient) until the progress socket says that all rows are final; the end is the last "
                f"row's own time. Safety: {found['safety']}."
            ),
            table(head, rows),
            (
                f"Runs of {middle[0]['messages']:,} as shares of the bare loop just before and after "
                f"each: {shares} (loop: {loops} msg/s)."
            ),
            "CPU ms a message by component:",
            table(["component", *(f"{runs[0]['messages']:,}" for runs in sizes)], by_component),
        ]
    )


def _growth(results: Results) -> str:
    found = results["growth"]
    sizes = [[f"{runs[0]['messages']:,}", *_grown(runs)] for runs in found["by_size"]]
    counts = [[str(runs[0]["processes"]), *_grown(runs)] for runs in found["by_processes"]]
    head = [
        "msg/s",
        "share of the loop",
        "CPU ms a message",
        "of it the send worker",
        "one process, MB",
    ]
    messages = found["by_processes"][0][0]["messages"]
    return "\n\n".join(
        [
            "## Growth",
            f"![messages a second]({GROWTH_CHART})",
            (
                f"By the size, with {found['process_count']} send processes; above {messages:,} in "
                f"calls of {messages:,}, the first of them going out while the others come in:"
            ),
            table(["messages", *head], sizes),
            f"By the number of send processes, {messages:,} messages:",
            table(["processes", *head], counts),
        ]
    )


def _grown(runs: Sequence[Results]) -> list[str]:
    cost = cpu_ms(runs)
    return [
        number(median_rate(runs)),
        f"{median_share(runs):.2f}",
        number(sum(cost.values())),
        number(cost.get("send", 0.0)),
        number(max(run["biggest_mb"]["send"] for run in runs)),
    ]


def _slow(results: Results) -> str:
    found = results["slow"]
    runs = found["runs"]
    loop = number(median(run["yardstick"] for run in runs))
    return (
        f"## A provider that takes {found['milliseconds']} ms\n\n"
        f"{runs[0]['messages']:,} messages, the pool set to 100 calls at once a process by runtime "
        f"setting, three processes: {number(median_rate(runs))} msg/s; the bare loop with 100 calls "
        f"at once, one process: {loop} msg/s."
    )


def _urgent(results: Results) -> str:
    found = results["urgent"]
    rows = [
        [
            name,
            str(len(values)),
            number(percentile(values, 0.5)),
            number(percentile(values, 0.99)),
        ]
        for name, values in (
            ("nothing else under way", found["idle_milliseconds"]),
            (f"{found['low']:,} low ones under way", found["milliseconds"]),
        )
    ]
    return (
        "## Urgent messages\n\nFrom `created_at` to `sent_at`, through the API, their own queue and "
        "worker; only those that were accepted before the last low one had gone.\n\n"
        + table(["", "messages", "p50 ms", "p99 ms"], rows)
    )


def _single(results: Results) -> str:
    found = results["single"]
    ways = [
        ("`POST /api/messages/send`, nothing being sent", found["accepting"]),
        ("the same while workers send what was accepted", found["sending"]),
        *(("raw ASGI, pool, one INSERT a request", run) for run in found["raw"]),
    ]
    rows = [
        [
            name,
            callers,
            *(number(way[callers][key]) for key in ("qps", "p50_ms", "p99_ms")),
            str(way[callers]["errors"]),
        ]
        for name, way in ways
        for callers in way
    ]
    head = ["", "callers", "QPS", "p50 ms", "p99 ms", "errors"]
    return (
        f"## Single messages\n\nOurs: {found['safety']}. Raw (before and after ours): "
        f"{found['raw_safety']}.\n\n" + table(head, rows)
    )


def _accept(results: Results) -> str:
    found = results["accept"]
    speeds = [found["messages"] / seconds for seconds in found["seconds"]]
    return (
        f"## Accepting batches\n\n`send-batch` of {found['messages']:,} objects with variables, "
        f"request to answer, {len(speeds)} calls: median {number(median(speeds))} recipients/s "
        f"(slowest {number(min(speeds))}, quickest {number(max(speeds))})."
    )


def _peers(results: Results) -> str:
    found = results["peers"]
    versions = found.get("versions", {})
    rows, safety = [], []
    for peer in found["peers"]:
        if "runs" not in peer:
            rows.append([peer["name"], "", f"left out: {peer['left_out']}", "", "", ""])
            continue
        runs, speed = peer["runs"], median_rate(peer["runs"])
        cost = sum(cpu_ms(runs).values())
        told = ", ".join(versions.get(name, "") for name in peer["packages"]).strip(", ")
        memory = peak_mb(runs, ["workers"]) or peak_mb(runs, ["caller"])
        name = f"{peer['name']} ({told})" if told else peer["name"]
        rows.append(
            [
                name,
                f"{runs[0]['messages']:,}",
                number(speed),
                f"{speed / peer['yardstick']:.3f}",
                number(cost),
                number(memory),
            ]
        )
        safety.append(f"- {peer['name']}: {peer['safety']}")
    head = ["way", "messages", "msg/s", "share of the loop", "CPU ms a message", "peak MB"]
    return "\n\n".join(
        [
            "## Peers",
            f"![shares of the bare loop]({CHART})",
            (
                "The same rendered text to the same sink (mail: to an SMTP sink), inserting and queueing "
                f"included; medians. Shares are of the bare loop just before and after each "
                f"(median {number(found['yardstick'])} msg/s)."
            ),
            table(head, rows),
            "Their safety:",
            "\n".join(safety),
        ]
    )


def _lists(results: Results) -> str:
    found = results["lists"]
    rows = [
        [name, number(percentile(times, 0.5)), number(percentile(times, 0.95))]
        for name, times in found["calls"].items()
    ]
    return (
        f"## Lists\n\n{found['messages']:,} messages over 30 days and {found['customers']:,} "
        "customers; one caller, a new connection a call, WSGI server.\n\n"
        + table(["call", "p50 ms", "p95 ms"], rows)
    )


def _customers(results: Results) -> str:
    calls = customer_calls(results)
    where = "[customers-plans.md](customers-plans.md)"
    return f"## Customers\n\n{calls}\n\nThe statements' plans: {where}."


def customer_calls(results: Results) -> str:
    """The table of the customers' calls, and of what they were made."""
    found = results["customers"]
    rows = [
        [name, number(percentile(times, 0.5)), number(percentile(times, 0.95))]
        for name, times in found["calls"].items()
    ]
    return (
        f"{found['customers']:,} customers with {found['links']:,} tag links; one caller, a new "
        "connection a call, WSGI server.\n\n" + table(["call", "p50 ms", "p95 ms"], rows)
    )


def _tickets(results: Results) -> str:
    found = results["tickets"]
    rows = [
        [name, number(percentile(times, 0.5)), number(percentile(times, 0.95))]
        for name, times in found["calls"].items()
    ]
    return (
        f"## Tickets\n\n{found['tickets']:,} tickets; one caller, a new connection a call, WSGI "
        "server.\n\n" + table(["call", "p50 ms", "p95 ms"], rows)
    )


def _chat(results: Results) -> str:
    found = results["chat"]
    times = found["filled_ms"]
    return (
        f"## Chats given out\n\n{found['chats']:,} customers, {found['agents']} colleagues with "
        f"{found['limit']} slots each; {found['processes']} processes ask, end chats and serve the "
        f"queue, all at once: {found['seconds']:.0f} s, {found['chats'] / found['seconds']:.0f} "
        f"chats/s from the question to the end. {found['above_capacity']} colleagues above their "
        f"limit, {found['double']} chats given twice, {found['starved']} never given, "
        f"{found['overtaken']} given later than one who had come after them, "
        f"{found['wrong_loads']} wrong loads.\n\nThen {len(times)} chats end, about 10 a second, "
        "and the worker alone fills the slots, by way of outbox, relay and broker: p50 "
        f"{number(percentile(times, 0.5))} ms, p95 {number(percentile(times, 0.95))} ms, the longest "
        f"{number(max(times))} ms."
    )


def _sockets(results: Results) -> str:
    found = results["sockets"]
    times = found["milliseconds"]
    return (
        f"## Progress sockets\n\n{found['clients']:,} authenticated clients on one "
        f"`/ws/batches/…`, two server processes, {found['events']} changes, 2 a second: p50 "
        f"{number(percentile(times, 0.5))} ms, p99 {number(percentile(times, 0.99))} ms from the "
        "change in the database to the frame at the client, up to 250 ms of it until the server "
        f"looks; {found['missing']} missing, {found['lost']} clients lost."
    )


def _chat_sockets(results: Results) -> str:
    measured = results["chat-sockets"]
    crowds = measured["crowds"]
    rows = [
        [
            f"{found['clients']:,} clients, {found['a_second']} messages a second",
            number(percentile(found["milliseconds"], 0.5)),
            number(percentile(found["milliseconds"], 0.99)),
            f"{found['missing']}",
            f"{found['twice']}",
            f"{found['lost']}",
        ]
        for found in crowds
    ]
    head = ["crowd", "p50 ms", "p99 ms", "missing", "twice", "clients lost"]
    return (
        f"## Live chat's sockets\n\nConsoles of {measured['people']} colleagues, each with a token, "
        "that all have one chat open; the customer writes. From just before the commit of the "
        "message to the frame at the page: commit, wake through Redis, numbering, the question who "
        "may still see the chat, delivery by two server processes; heartbeats run beside.\n\n"
        + table(head, rows)
    )


def _memory(results: Results) -> str:
    samples, after = results["memory"]["samples"], results["memory"]["settled_after"]
    grown = growth_mb(samples, after)
    rows = [[f"{sent:,}", number(mb)] for sent, mb in samples[:: max(1, len(samples) // 10)]]
    return (
        f"## Memory of one send worker\n\nGrowth after the first {after:,}: "
        f"{number(grown)} MB.\n\n" + table(["messages sent", "resident MB"], rows)
    )


def _callbacks(results: Results) -> str:
    found = results["callbacks"]
    times = found["took_seconds"]
    answered = ", ".join(f"{count:,} × {status}" for status, count in found["statuses"].items())
    return (
        f"## Callbacks of the Official Account\n\n{found['a_second']} sealed messages a second for "
        f"{found['seconds']} s, every tenth sent twice: answered {answered}; p50 "
        f"{number(percentile(times, 0.5) * 1000)} ms, p99 {number(percentile(times, 0.99) * 1000)} ms; "
        f"{found['passive']:,} with a passive reply. Of {found['sent']:,} messages {found['missing']} "
        f"were not worked and {found['twice']} twice; the last was done "
        f"{found['worked_after_seconds']} s after the last call."
    )


def _cleanup(results: Results) -> str:
    found = results["cleanup"]
    rows = [
        [
            name,
            f"{len(times):,}",
            *(number(percentile(times, share)) for share in (0.5, 0.99)),
            number(max(times)),
        ]
        for name, times in (
            ("nothing else under way", found["before_ms"]),
            ("while old messages are deleted", found["during_ms"]),
        )
    ]
    return (
        f"## Cleanup\n\n{found['deleted']:,} messages older than they are kept, in "
        f"{found['rows'] // 1000:,} batches, deleted in {found['seconds']:.0f} s "
        f"({number(found['deleted'] / found['seconds'])} rows/s, the pauses between the steps "
        f"included; {found['left']} left). Meanwhile a single message each 50 ms, by "
        "`POST /api/messages/send`:\n\n"
        + table(["", "sends", "p50 ms", "p99 ms", "longest ms"], rows)
        + f"\n\nConnections seen waiting for a lock (looked for every 20 ms): {found['waits']}, "
        f"the longest {number(found['longest_wait_ms'])} ms."
    )


SECTIONS = {
    "batch": _batch,
    "growth": _growth,
    "peers": _peers,
    "slow": _slow,
    "urgent": _urgent,
    "single": _single,
    "accept": _accept,
    "lists": _lists,
    "customers": _customers,
    "tickets": _tickets,
    "chat": _chat,
    "sockets": _sockets,
    "chat-sockets": _chat_sockets,
    "callbacks": _callbacks,
    "cleanup": _cleanup,
    "memory": _memory,
}
