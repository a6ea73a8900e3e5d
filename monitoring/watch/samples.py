"""Figures of the last minutes, so that a rule can tell what is rising and what is falling."""

import time
from typing import TypeVar

from django.core.cache import cache

KEPT_SECONDS = 3600
# So many stretch over the time asked for; those in between are not kept.
PLACES = 60
_T = TypeVar("_T")


def add(name: str, value: _T, seconds: float) -> _T | None:
    """Keeps `value`; answers with the oldest one of the last `seconds`, None if there is none.

    Nobody has older ones while the cache is away or new. Two who add at once may lose one of them.
    """
    now = time.time()
    key = f"watch:samples:{name}"
    kept: list[tuple[float, _T]] = [
        (at, earlier) for at, earlier in cache.get(key) or [] if now - at <= seconds
    ]
    if not kept or now - kept[-1][0] >= seconds / PLACES:
        cache.set(key, [*kept, (now, value)], KEPT_SECONDS)
    return kept[0][1] if kept else None
