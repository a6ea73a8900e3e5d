"""How many requests were answered, how, and how long they took: by group of routes, never by address.

Counted in the process and handed to Redis every few seconds, so that it costs a request next to
nothing and every process sees the sum. The one-process profile keeps its own.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from redis import Redis

from config.redis_link import RedisAway, ask

# Upper bounds of the histogram, in seconds.
BUCKETS = (0.025, 0.1, 0.25, 1.0, 2.5, 10.0)
HAND_OVER_SECONDS = 2.0
_KEY = "scrm:http"
_OTHER = "other"

_lock = threading.Lock()
_counts: Counter[str] = Counter()
_handed_over_at = 0.0


class TrafficMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = self.get_response(request)
        count(_group_of(request), response.status_code, time.monotonic() - started)
        return response


def count(group: str, status: int, seconds: float) -> None:
    """One request more; `group` is one of few."""
    bucket = next((str(bound) for bound in BUCKETS if seconds <= bound), "inf")
    with _lock:
        _counts[f"{group}|status|{status // 100}xx"] += 1
        _counts[f"{group}|le|{bucket}"] += 1
        _counts[f"{group}|us|"] += int(seconds * 1_000_000)
    _hand_over()


def totals() -> Mapping[str, int]:
    """Everything counted since the beginning, as `group|what|which`; raises `RedisAway`."""
    if not settings.REDIS_URL:
        with _lock:
            return dict(_counts)
    _hand_over(at_once=True)

    def read(redis: Redis) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = redis.hgetall(_KEY)  # type: ignore[assignment]
        return found

    return {name.decode(): int(number) for name, number in ask(read).items()}


def forget() -> None:
    with _lock:
        _counts.clear()


def _group_of(request: HttpRequest) -> str:
    """The first two parts of the route's own pattern: there are as many as we have rooms."""
    match = request.resolver_match
    if match is None:
        return _OTHER
    parts = [part for part in match.route.split("/") if part and part[0] not in "<^("]
    return "/" + "/".join(parts[:2])


def _hand_over(*, at_once: bool = False) -> None:
    global _handed_over_at
    if not settings.REDIS_URL:
        return
    now = time.monotonic()
    with _lock:
        if not _counts or (not at_once and now - _handed_over_at < HAND_OVER_SECONDS):
            return
        _handed_over_at = now
        taken = Counter(_counts)
        _counts.clear()

    def write(redis: Redis) -> None:
        with redis.pipeline(transaction=False) as pipe:
            for name, number in taken.items():
                pipe.hincrby(_KEY, name, number)
            pipe.execute()

    try:
        ask(write)
    except RedisAway:
        # Counted again when Redis is back; they are few names, so nothing grows.
        with _lock:
            _counts.update(taken)
