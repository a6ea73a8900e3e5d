"""Counts beside the navigation: registered by the apps, counted at most every few seconds a person."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import cache

KEPT_SECONDS = 20
# More than these are not counted: nobody reads the difference, and the database would feel it.
MOST = 99

Count = Callable[[Any], int]
_counts: dict[str, Count] = {}


def register(name: str, count: Count) -> None:
    """`count(user)` says how many wait for that user; it may stop at `MOST + 1`. From `ready()`."""
    _counts[name] = count


def counts_for(user: Any, names: Iterable[str]) -> dict[str, int]:
    """By name; of those that nobody registered nothing is said."""
    key = f"admin-badges:{user.pk}"
    kept: dict[str, int] = cache.get(key) or {}
    missing = [name for name in names if name in _counts and name not in kept]
    if missing:
        kept |= {name: _counts[name](user) for name in missing}
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def in_words(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)
