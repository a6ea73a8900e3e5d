"""A customer's detail, kept for ten minutes (seed 003, CustomerCacheService).

What is kept is the same for everybody; whether the caller may see it is asked before, each time, of
`visibility.py`. Each customer has a stamp that changes after every commit: a reader that read the
old row cannot leave it behind for others. Of many who find nothing, one computes.
"""

import time
import uuid
from collections.abc import Callable, Collection
from typing import Any

from django.core.cache import cache

SECONDS = 600
# Longer than any value lives, so that a stamp never vanishes before the values made under it.
STAMP_SECONDS = SECONDS * 2
COMPUTE_SECONDS = 5
POLL_SECONDS = 0.02

Detail = dict[str, Any]


def detail_of(customer_id: int, compute: Callable[[], Detail]) -> Detail:
    """The kept detail, else `compute()`; without a cache it is merely computed each time."""
    stamp = _stamp(customer_id)
    found = _kept(customer_id, stamp)
    if found is not None:
        return found
    lock, owner = f"customer:computing:{customer_id}", uuid.uuid4().hex
    deadline = time.monotonic() + COMPUTE_SECONDS
    while not cache.add(lock, owner, COMPUTE_SECONDS):
        if cache.get(lock) is None or time.monotonic() > deadline:
            break  # there is no cache, or whoever computes has died
        time.sleep(POLL_SECONDS)
        found = _kept(customer_id, _stamp(customer_id))
        if found is not None:
            return found
    try:
        stamp = _stamp(customer_id)
        value = compute()
        cache.set(_key(customer_id), (stamp, value), SECONDS)
        return value
    finally:
        if cache.get(lock) == owner:
            cache.delete(lock)


def forget_many(customer_ids: Collection[int]) -> None:
    """What is kept of these is out of date; call after commit."""
    cache.set_many({_stamp_key(pk): uuid.uuid4().hex for pk in customer_ids}, timeout=STAMP_SECONDS)


def _kept(customer_id: int, stamp: str) -> Detail | None:
    kept = cache.get(_key(customer_id))
    return kept[1] if kept is not None and kept[0] == stamp else None


def _stamp(customer_id: int) -> str:
    return str(cache.get_or_set(_stamp_key(customer_id), lambda: uuid.uuid4().hex, STAMP_SECONDS))


def _key(customer_id: int) -> str:
    return f"customer:profile:{customer_id}"


def _stamp_key(customer_id: int) -> str:
    return f"customer:stamp:{customer_id}"
