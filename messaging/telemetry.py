"""One Redis pipeline a wave: traces, counters, and how this worker is doing (design.md §4)."""

from collections.abc import Sequence

from django.conf import settings
from redis import Redis

from config.redis_link import RedisAway, ask
from messaging import tracing
from messaging.sending.results import After
from messaging.statistics import counters, realtime


def record(rows: Sequence[After], claimed_at: float) -> None:
    """Tells what became of a wave; nobody waits for a Redis that is away (guarantees.md 10)."""
    if not settings.REDIS_URL:
        counters.remember_here(rows)
        return

    def write(redis: Redis) -> None:
        with redis.pipeline(transaction=False) as pipe:
            tracing.write(pipe, [row for row in rows if row.finished.result.was_tried], claimed_at)
            counters.write(pipe, rows)
            realtime.tell(pipe)
            pipe.execute()

    try:
        ask(write)
    except RedisAway:
        return
