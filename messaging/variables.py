"""System variables: `{{date}}` and whatever the apps above register from `ready()` (contract.md §2)."""

import time
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

# A batch of 10,000 asks each of them once a second at most.
KEPT_SECONDS = 1.0

_registered: dict[str, Callable[[], str]] = {}
_values: dict[str, tuple[float, str]] = {}


def register(name: str, value: Callable[[], str]) -> None:
    """Makes `{{name}}` known; `value` may ask the database."""
    _registered[name] = value


def names() -> frozenset[str]:
    return frozenset(_registered)


def value_of(name: str) -> str | None:
    """The variable's value, at most a second old; None when no app has registered it."""
    function = _registered.get(name)
    if function is None:
        return None
    now = time.monotonic()
    at, value = _values.get(name, (-KEPT_SECONDS, ""))
    if now - at >= KEPT_SECONDS:
        value = function()
        _values[name] = (now, value)
    return value


def forget() -> None:
    """The next look computes anew."""
    _values.clear()


def with_arrow(today: int, day_before: int) -> str:
    """`12 ↑`: a count, and how it compares with the day before (seed 002)."""
    arrow = "↑" if today > day_before else "↓" if today < day_before else "→"
    return f"{today} {arrow}"


def _local(form: str) -> Callable[[], str]:
    def show() -> str:
        now: datetime = timezone.localtime()
        return now.strftime(form)

    return show


register("date", _local("%Y-%m-%d"))
register("time", _local("%Y-%m-%d %H:%M:%S"))
