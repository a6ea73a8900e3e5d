"""Since when a condition has been there: shared by all who watch, in the cache.

While the cache is away each process remembers for itself.
"""

import threading
import time
from collections.abc import Collection

from django.core.cache import cache

# Longer than any rule holds, and than the time between two looks.
KEPT_SECONDS = 300

_lock = threading.Lock()
_own: dict[str, dict[str, float]] = {}


def seconds(key: tuple[str, str], wanted: int) -> float:
    """How long the condition has been seen, without asking where no time is wanted."""
    if wanted <= 0:
        return 0
    rule, subject = key
    now = time.time()
    with _lock:
        first = _own.setdefault(rule, {}).setdefault(subject, now)
        shared: dict[str, float] = cache.get(_key(rule)) or {}
        first = min(first, shared.get(subject, now))
        if shared.get(subject) != first:
            cache.set(_key(rule), {**shared, subject: first}, KEPT_SECONDS)
    return now - first


def forget_others(rule: str, subjects: Collection[str]) -> None:
    """Whatever of the rule is not there now begins anew when it comes back."""
    with _lock:
        own = _own.get(rule, {})
        for gone in set(own) - set(subjects):
            del own[gone]
        shared: dict[str, float] = cache.get(_key(rule)) or {}
        if set(shared) - set(subjects):
            kept = {subject: at for subject, at in shared.items() if subject in subjects}
            cache.set(_key(rule), kept, KEPT_SECONDS)


def forget() -> None:
    with _lock:
        _own.clear()


def _key(rule: str) -> str:
    return f"watch:held:{rule}"
