"""Durations counted on a scale of steps, so that medians of many hours can be told from their sums.

Each step is a tenth longer than the one before: what is told from it is at most about a twentieth off.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

RATIO = 1.1
STEP = math.log(RATIO)
# Nothing shorter is told apart.
SHORTEST = 1.0

Steps = Counter[int]


def step_of(seconds: float) -> int:
    """The step a duration lies in; the database computes it the same way (`counting.step`)."""
    return math.floor(math.log(max(seconds, SHORTEST)) / STEP)


def percentile(steps: Mapping[int, int], share: float) -> float | None:
    """The duration that `share` of them stay under, in seconds; None when there are none."""
    total = sum(steps.values())
    if not total:
        return None
    wanted, passed = share * total, 0
    for step in sorted(steps):
        if passed + steps[step] >= wanted:
            within = (wanted - passed) / steps[step]
            # Of the first step most take no time at all.
            low = RATIO**step if step else 0.0
            return low + (RATIO ** (step + 1) - low) * within
        passed += steps[step]
    return RATIO ** (max(steps) + 1)


def read(kept: Mapping[str, int]) -> Steps:
    """As JSON keeps it."""
    return Counter({int(step): count for step, count in kept.items()})


def kept(steps: Mapping[int, int]) -> dict[str, int]:
    return {str(step): count for step, count in sorted(steps.items())}


def of(durations: Iterable[float]) -> Steps:
    return Counter(map(step_of, durations))
