"""The report's arithmetic: medians, percentiles, shares, verdicts. Pure functions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

Run = Mapping[str, Any]
Verdict = Literal["aim", "must", "missed"]

# What stands beside the measured system and does none of its work.
NOT_OURS = frozenset({"sink", "slow-sink", "bench"})


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def rate(run: Run) -> float:
    """Messages a second."""
    return float(run["messages"] / run["seconds"])


def median_rate(runs: Iterable[Run]) -> float:
    return median(rate(run) for run in runs)


def median_share(runs: Iterable[Run]) -> float:
    """Of the bare loop, each run against the loop just before and after it."""
    return float(median(rate(run) / run["yardstick"] for run in runs))


def cpu_ms(runs: Sequence[Run]) -> dict[str, float]:
    """CPU milliseconds a message by component, of all runs together; ours alone."""
    messages = sum(run["messages"] for run in runs)
    names = dict.fromkeys(name for run in runs for name in run["cpu"] if name not in NOT_OURS)
    return {
        name: 1000 * sum(run["cpu"].get(name, 0.0) for run in runs) / messages for name in names
    }


def peak_mb(runs: Sequence[Run], prefixes: Sequence[str]) -> float:
    """The most that the components with these names' beginnings had together, in any run."""
    peaks = (
        sum(mb for name, mb in run["total_mb"].items() if name.startswith(tuple(prefixes)))
        for run in runs
    )
    return float(max(peaks))


def others_share(runs: Sequence[Run], cores: int) -> float:
    """The part of the machine that somebody else used while these ran: above 0.1 it was not quiet."""
    spent = sum(run["others_cpu"] for run in runs)
    return float(spent / (cores * sum(run["meter_seconds"] for run in runs)))


def growth_mb(samples: Sequence[Sequence[float]], after: int) -> float:
    """How much memory came on top after the first `after` messages, to the last sample."""
    settled = [mb for sent, mb in samples if sent >= after]
    return settled[-1] - settled[0]


@dataclass(frozen=True)
class Owed:
    """One promise: its figure, what it must reach, what it aims at."""

    name: str
    value: float
    must: float
    aim: float
    unit: str = ""
    higher_is_better: bool = True
    # By which `bench/held.py` says what holds it.
    key: str = ""

    @property
    def verdict(self) -> Verdict:
        if self._reaches(self.aim):
            return "aim"
        return "must" if self._reaches(self.must) else "missed"

    @property
    def sign(self) -> str:
        return "≥" if self.higher_is_better else "≤"

    def _reaches(self, bound: float) -> bool:
        return self.value >= bound if self.higher_is_better else self.value <= bound


def at_least(
    name: str, value: float, must: float, aim: float, unit: str = "", *, key: str = ""
) -> Owed:
    return Owed(name, value, must, aim, unit, key=key)


def at_most(
    name: str, value: float, must: float, aim: float, unit: str = "", *, key: str = ""
) -> Owed:
    return Owed(name, value, must, aim, unit, higher_is_better=False, key=key)
