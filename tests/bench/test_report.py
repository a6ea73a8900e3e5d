"""The report's arithmetic: what stands in docs/benchmarks.md follows from the runs alone."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from bench import chart, held, kept, report
from bench.figures import (
    at_least,
    at_most,
    cpu_ms,
    growth_mb,
    median_rate,
    median_share,
    others_share,
    peak_mb,
    percentile,
)
from bench.owed import FAIR_PEER, owed
from bench.sections import number, table

MACHINE = {
    "date": "2026-11-21T09:00+08:00",
    "commit": "abc1234",
    "cpu": "2 × CPU",
    "cores": 2,
    "memory": "8 GB",
    "system": "Linux",
    "load_before": "0.10",
    "generator": "wrk",
    "versions": {"Python": "3.11"},
    "has_nginx": True,
    "nginx_note": "NO NGINX",
}


def run(messages: int, seconds: float, **more: Any) -> dict[str, Any]:
    return {
        "messages": messages,
        "seconds": seconds,
        "meter_seconds": seconds,
        "cpu": {"send": seconds, "postgres": seconds / 2, "sink": 9.0, "bench": 9.0},
        "total_mb": {"send": 300.0, "urgent": 200.0},
        "biggest_mb": {"send": 120.0},
        "others_cpu": 0.0,
        **more,
    }


def results(*, batch_seconds: float = 1.0, peer_seconds: float = 20.0) -> dict[str, Any]:
    middle = [run(10_000, batch_seconds, yardstick=20_000.0)]
    peer = {
        "name": FAIR_PEER,
        "packages": ["celery"],
        "safety": "late acks",
        "yardstick": 10_000.0,
        "runs": [run(10_000, peer_seconds)],
    }
    gone = {"name": "BullMQ", "left_out": "no npm"}
    return {
        "batch": {"safety": "all", "small": middle, "middle": middle, "large": middle},
        "peers": {"yardstick": 20_000.0, "peers": [peer, gone], "versions": {"celery": "5.6"}},
    }


def test_a_percentile_is_a_value_that_was_measured():
    hundred = list(range(100, 0, -1))
    assert percentile(hundred, 0.5) == 50
    assert percentile(hundred, 0.99) == 99
    assert percentile([7.0], 0.99) == 7.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_share_compares_each_run_with_the_loop_around_it_before_the_median():
    runs = [
        run(10_000, 1.0, yardstick=20_000.0),
        run(10_000, 2.0, yardstick=10_000.0),
        run(10_000, 10.0, yardstick=10_000.0),
    ]
    assert median_share(runs) == 0.5
    assert median_rate(runs) == 5000


def test_cpu_a_message_leaves_out_the_sink_and_the_bench_itself():
    cost = cpu_ms([run(1000, 1.0), run(1000, 3.0)])
    assert cost == {"send": 2.0, "postgres": 1.0}


def test_memory_of_several_worker_processes_is_counted_together():
    runs = [run(1, 1.0, total_mb={"workers-0": 80.0, "workers-1": 90.0, "caller": 50.0})]
    assert peak_mb(runs, ["workers"]) == 170.0
    assert peak_mb(runs, ["send"]) == 0.0


def test_a_worker_grows_by_what_comes_after_it_has_settled():
    samples = [(10_000, 100.0), (20_000, 110.0), (100_000, 111.0), (200_000, 110.5)]
    assert growth_mb(samples, 20_000) == 0.5


def test_a_machine_that_others_use_is_said_to_be_noisy():
    found = results()
    assert "not a quiet machine" not in report.markdown(found, MACHINE)
    found["batch"]["middle"][0]["others_cpu"] = 1.0
    assert others_share(found["batch"]["middle"], 2) == 0.5
    assert "used 50% of the machine" in report.markdown(found, MACHINE)
    assert "not a quiet machine" in report.markdown(found, MACHINE)


def test_a_promise_is_kept_aimed_at_or_missed():
    assert at_least("rate", 0.70, must=0.45, aim=0.70).verdict == "aim"
    assert at_least("rate", 0.69, must=0.45, aim=0.70).verdict == "must"
    assert at_least("rate", 0.44, must=0.45, aim=0.70).verdict == "missed"
    assert at_most("p99", 150, must=500, aim=150).verdict == "aim"
    assert at_most("p99", 501, must=500, aim=150).verdict == "missed"
    assert at_most("errors", 0, must=0, aim=0).verdict == "aim"


def test_what_is_owed_follows_from_the_same_run():
    share, times = owed(results(batch_seconds=1.0, peer_seconds=40.0))
    assert (share.value, share.verdict) == (0.5, "must")
    assert (times.value, times.verdict) == (20.0, "aim")


def test_a_peer_is_compared_with_the_loop_beside_it():
    text = report.markdown(results(peer_seconds=20.0), MACHINE)
    row = next(line for line in text.splitlines() if line.startswith(f"| {FAIR_PEER}"))
    assert "| 500 | 0.050 |" in row
    assert ">0.050<" in report.drawing(results(peer_seconds=20.0))


def test_a_bench_that_did_not_run_has_no_figure_and_tells_why():
    found = {**results(), "single": {"left_out": "no server"}}
    text = report.markdown(found, MACHINE)
    assert "`send` at c=64" not in text
    assert "- single: no server" in text
    assert "left out: no npm" in text


def growth() -> dict[str, Any]:
    sizes = [[run(1000, 0.25, yardstick=8000.0)], [run(10_000, 2.0, yardstick=10_000.0)]]
    counts = [
        [run(10_000, 10.0 / count, yardstick=10_000.0, processes=count)] for count in range(1, 5)
    ]
    return {"growth": {"process_count": 3, "by_size": sizes, "by_processes": counts}}


def test_growth_is_shown_by_size_and_by_processes():
    text = report.markdown(growth(), MACHINE)
    assert "| 10,000 | 5,000 | 0.50 | 0.30 | 0.20 | 120 |" in text
    assert "| 4 | 4,000 | 0.40 |" in text
    drawn = report.growth_drawing(growth())
    ET.fromstring(drawn)  # noqa: S314 - we drew it
    assert "4,000 (0.40)" in drawn
    assert drawn.index("1 process,") < drawn.index("4 processes,")


def test_a_figure_that_misses_its_aim_says_what_holds_it():
    short = report.markdown(results(batch_seconds=1.0), MACHINE)
    assert held.WHY["batch"] in short
    reached = report.markdown(results(batch_seconds=0.5, peer_seconds=40.0), MACHINE)
    assert "What holds" not in reached
    keys = {row.key for row in owed({**results(), **many_promises()}) if row.key}
    assert keys == set(held.WHY)


def many_promises() -> dict[str, Any]:
    calls = {"first page": [10.0, 60.0]}
    return {
        "lists": {"messages": 1_000_000, "customers": 100_000, "calls": calls},
        "customers": {"customers": 100_000, "links": 1, "calls": calls},
        "sockets": {"clients": 2000, "milliseconds": [300.0]},
        "urgent": {"low": 10_000, "milliseconds": [200.0]},
        "single": {
            "accepting": {
                name: {"qps": 2_000, "p50_ms": 90, "p99_ms": 70, "errors": 0}
                for name in ("64", "500")
            },
            "raw": [{"64": {"qps": 6_000}}],
        },
    }


def test_a_callback_that_was_lost_doubled_or_refused_is_a_missed_promise():
    found = {
        "a_second": 200,
        "statuses": {"200": 1999, "TimeoutError": 1},
        "missing": 0,
        "twice": 2,
    }
    refused, wrong = owed({"callbacks": found})
    assert (refused.value, refused.verdict) == (1, "missed")
    assert (wrong.value, wrong.verdict) == (2, "missed")


def test_half_a_run_takes_the_place_of_its_own_benches_only(tmp_path: Path):
    place = tmp_path / "results.json"
    first = kept.merged(place, {**results(), "lists": {"left_out": "no server"}}, MACHINE)
    kept.keep(place, first, MACHINE)
    later = {**MACHINE, "date": "2026-11-28T09:00+08:00", "commit": "def5678"}
    second = kept.merged(
        place, {**growth(), "peers": {"left_out": "no network"}, "batch": results()["batch"]}, later
    )
    assert second["peers"]["measured"] == {"date": MACHINE["date"], "commit": "abc1234"}
    assert second["growth"]["measured"]["commit"] == "def5678"
    assert second["lists"]["left_out"] == "no server"
    text = report.markdown(json.loads(json.dumps(second)), later)
    peers = text.partition("## Peers")[2]
    assert f"(Measured {MACHINE['date']}, commit abc1234.)" in peers
    assert "(Measured" not in text.partition("## Growth")[2].partition("## Peers")[0]


def test_without_nginx_the_report_says_so():
    assert "NO NGINX" in report.markdown(results(), {**MACHINE, "has_nginx": False})
    assert "NO NGINX" not in report.markdown(results(), MACHINE)


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    lines = table(["a", "b"], [["1", "2"], ["3", "4"]]).splitlines()
    assert {line.count("|") for line in lines} == {3}
    assert len(lines) == 4


def test_numbers_show_three_digits_that_count():
    shown = [number(value) for value in (12_345.6, 99.94, 1.234, 0.0456, 0)]
    assert shown == ["12,346", "99.9", "1.23", "0.046", "0.00"]


def test_the_chart_is_an_image_whose_longest_bar_is_the_quickest_way():
    svg = chart.bars("A < B", [("loop", 100.0, "1.00", "#000"), ("half", 50.0, "0.50", "#111")])
    root = ET.fromstring(svg)  # noqa: S314 - we drew it
    bars = [rect for rect in root.iter("{http://www.w3.org/2000/svg}rect") if rect.get("x")]
    widths = [float(bar.get("width", "0")) for bar in bars]
    assert widths[1] == pytest.approx(widths[0] / 2)
    drawn = report.drawing(results())
    assert drawn.index("bare aiohttp loop") < drawn.index(report.OUR_NAME) < drawn.index(FAIR_PEER)
    assert "BullMQ" not in drawn
