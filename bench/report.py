"""docs/benchmarks.md from one run's results."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench import chart, held
from bench.figures import Owed, Run, median_rate, median_share, others_share
from bench.owed import owed
from bench.sections import SECTIONS, number, table

Results = Mapping[str, Any]
MARKS = {"aim": "✓ aim", "must": "✓ must", "missed": "✗ missed"}
NOISY_FROM = 0.10
OUR_NAME = "this system, everything on"


def markdown(results: Results, machine: Results) -> str:
    rows = owed(results)
    parts = [_head(results, machine), _promises(rows), _held(rows)]
    for name, section in SECTIONS.items():
        found = results.get(name)
        if found is not None and "left_out" not in found:
            parts += [section(results), _another_day(found, machine)]
    parts.append(_left_out(results))
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def drawing(results: Results) -> str:
    """How fast each way sends, as a share of the bare loop in the same run."""
    found = [("bare aiohttp loop, no state", 1.0, "1.00", chart.BASE)]
    if "middle" in results.get("batch", {}):
        runs = results["batch"]["middle"]
        share = median_share(runs)
        found.append((OUR_NAME, share, f"{share:.2f}", chart.OWN))
    for peer in results["peers"]["peers"]:
        if "runs" in peer:
            share = median_rate(peer["runs"]) / peer["yardstick"]
            found.append((peer["name"], share, f"{share:.3f}", chart.OTHER))
    found.sort(key=lambda row: -row[1])
    return chart.bars("Messages a second, as a share of the bare loop", found)


def growth_drawing(results: Results) -> str:
    """Messages a second by the size of the batch, then by the number of processes."""
    found = results["growth"]
    rows = [
        _grown(f"{runs[0]['messages']:,} messages", runs, chart.OWN) for runs in found["by_size"]
    ]
    for runs in found["by_processes"]:
        count = runs[0]["processes"]
        name = f"{count} process{'es' if count > 1 else ''}, {runs[0]['messages']:,}"
        rows.append(_grown(name, runs, chart.BASE))
    title = "Messages a second, by the batch's size and by the worker's processes"
    return chart.bars(title, rows)


def _grown(name: str, runs: Sequence[Run], colour: str) -> tuple[str, float, str, str]:
    speed, share = median_rate(runs), median_share(runs)
    return name, speed, f"{number(speed)} ({share:.2f})", colour


def _another_day(found: Results, machine: Results) -> str:
    """Where a section was not measured with the rest."""
    at = found.get("measured", machine)
    if at["date"] == machine["date"]:
        return ""
    return f"(Measured {at['date']}, commit {at['commit']}.)"


def _held(rows: Sequence[Owed]) -> str:
    """What holds the figures that miss their aim, and what was tried."""
    short = [row for row in rows if row.verdict != "aim"]
    lines = [f"- **{row.name}**: {held.WHY[row.key]}" for row in short if row.key in held.WHY]
    return "What holds those that miss their aim:\n\n" + "\n".join(lines) if lines else ""


def _head(results: Results, machine: Results) -> str:
    versions = ", ".join(f"{name} {value}" for name, value in machine["versions"].items())
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench` (parts of it: `python -m bench names… --docs`); every ratio is of one",
        "run on one machine, load generator, servers and sink included. Absolute figures drift from",
        "machine to machine; ratios last.",
        "",
        f"- {machine['date']}, commit {machine['commit']}",
        f"- {machine['cpu']}, {machine['memory']}, {machine['system']}",
        f"- load average before the run: {machine['load_before']}",
        f"- {versions}",
        f"- callers: {machine['generator']}",
    ]
    quiet = _quietness(results, int(machine["cores"]))
    if quiet:
        lines.append(quiet)
    if not machine["has_nginx"]:
        lines += ["", str(machine["nginx_note"])]
    return "\n".join(lines)


def _quietness(results: Results, cores: int) -> str:
    runs: list[Run] = []
    for name, key in (("batch", "middle"), ("slow", "runs")):
        runs += results.get(name, {}).get(key, [])
    if not runs:
        return ""
    share = others_share(runs, cores)
    line = f"- other processes used {share:.0%} of the machine while the batches ran"
    if share > NOISY_FROM:
        line += ": **not a quiet machine; these figures will be measured again on one**"
    return line


def _promises(rows: Sequence[Owed]) -> str:
    if not rows:
        return ""
    shown = [
        (
            row.name,
            _with_unit(row.value, row.unit),
            _bound(row, row.must),
            _bound(row, row.aim),
            MARKS[row.verdict],
        )
        for row in rows
    ]
    return "## What is owed\n\n" + table(["figure", "measured", "must", "aim", ""], shown)


def _bound(row: Owed, bound: float) -> str:
    return f"{row.sign} {_with_unit(bound, row.unit)}"


def _with_unit(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".strip()


def _left_out(results: Results) -> str:
    lines = [
        f"- {name}: {found['left_out']}" for name, found in results.items() if "left_out" in found
    ]
    for bench in ("lists", "customers", "tickets"):
        calls = results.get(bench, {}).get("missing_calls", {})
        lines += [f"- {name}: {reason}" for name, reason in calls.items()]
    return "## Left out\n\n" + "\n".join(lines) if lines else ""
