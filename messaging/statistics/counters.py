"""Counters in Redis: by day and by minute, channel, template and outcome; and the last moments.

Redis may lose them (guarantees.md 10): a day whose mark is missing is counted from the rows again.
"""

import datetime as dt
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from redis import Redis
from redis.client import Pipeline

from config.redis_link import RedisAway, ask
from messaging.sending.results import After
from messaging.statistics.figures import COUNTS, Figures, Slot, bucket_of, counts_of
from messaging.statistics.rows import count_day, day_bounds

DAY_KEPT = dt.timedelta(days=2)
MINUTE_KEPT = dt.timedelta(hours=6)
# How far back `last_minutes` may look.
MOST_MINUTES = 15
MOMENT_SECONDS = 5
MOMENT_KEPT = dt.timedelta(minutes=5)
# Written when a day has been counted from the rows; without it the counters cannot be trusted.
_MARK = "@counted"


@dataclass(frozen=True, slots=True)
class Moment:
    """What ended in a stretch of time."""

    sent: int = 0
    failed: int = 0
    duration_sum_ms: int = 0


# The one-process profile has its own memory instead of Redis.
_own_lock = threading.Lock()
_own_moments: deque[tuple[float, Moment]] = deque(maxlen=20_000)
# By minute since the epoch, by channel.
_own_minutes: dict[int, dict[str, Figures]] = {}


def write(pipe: Pipeline, rows: Iterable[After]) -> None:
    """Adds the commands that count these attempts."""
    today = timezone.localdate()
    start, end = day_bounds(today)
    by_day: Counter[str] = Counter()
    by_minute: Counter[str] = Counter()
    for row in rows:
        item = row.finished
        names = counts_of(row.status)
        if not names or not row.is_final:
            continue
        slot = f"{item.row.channel}|{item.row.template_id or 0}|"
        is_todays = start <= item.row.created_at < end
        for counted in (by_minute, by_day) if is_todays else (by_minute,):
            for name in names:
                counted[slot + name] += 1
            counted[slot + "ms"] += item.duration_ms
            counted[f"{slot}h{bucket_of(item.duration_ms)}"] += 1
    moment = moment_of(rows)
    now = time.time()
    _increment(pipe, _day_key(today), by_day, DAY_KEPT)
    _increment(pipe, _minute_key(int(now // 60)), by_minute, MINUTE_KEPT)
    _increment(
        pipe,
        _moment_key(now),
        Counter(sent=moment.sent, failed=moment.failed, ms=moment.duration_sum_ms),
        MOMENT_KEPT,
    )


def moment_of(rows: Iterable[After]) -> Moment:
    ended = [row for row in rows if row.is_final]
    sent = sum("sent" in counts_of(row.status) for row in ended)
    spent = sum(row.finished.duration_ms for row in ended)
    return Moment(sent, len(ended) - sent, spent)


def remember_here(rows: Iterable[After]) -> None:
    """For the process that has no Redis to tell."""
    rows = [row for row in rows if row.is_final]
    minute = int(time.time() // 60)
    with _own_lock:
        _own_moments.append((time.monotonic(), moment_of(rows)))
        for old in [kept for kept in _own_minutes if kept <= minute - MOST_MINUTES]:
            del _own_minutes[old]
        by_channel = _own_minutes.setdefault(minute, {})
        for row in rows:
            if names := counts_of(row.status):
                figures = by_channel.setdefault(row.finished.row.channel, Figures())
                for name in names:
                    setattr(figures, name, getattr(figures, name) + 1)
                figures.duration_sum_ms += row.finished.duration_ms
                figures.durations[bucket_of(row.finished.duration_ms)] += 1


def count_accepted(channel: str, template_id: int | None, count: int) -> None:
    """After commit: so many were accepted just now."""
    _shift(channel, template_id, Counter(total=count))


def count_moved(
    channel: str,
    template_id: int | None,
    created_at: dt.datetime,
    before: str,
    after: str,
    count: int = 1,
) -> None:
    """Messages went from one state to another outside a send: a receipt, a cancel, a resend."""
    if timezone.localdate(created_at) != timezone.localdate():
        return
    change: Counter[str] = Counter()
    for name in counts_of(before):
        change[name] -= count
    for name in counts_of(after):
        change[name] += count
    _shift(channel, template_id, change)


def count_taken_over(
    left: str, taken: str, template_id: int | None, created_at: dt.datetime
) -> None:
    """A message that failed on one channel went over to another, and is that one's from now on."""
    if timezone.localdate(created_at) != timezone.localdate():
        return
    _shift(left, template_id, Counter(total=-1, failed=-1))
    _shift(taken, template_id, Counter(total=1))


def today() -> dict[Slot, Figures]:
    """Today's figures by the counters; counted from the rows where there are none to trust."""
    day = timezone.localdate()
    try:
        found = ask(lambda redis: redis.hgetall(_day_key(day)))
    except RedisAway:
        return count_day(day)
    if _MARK.encode() not in found:
        return recount(day)
    return _figures({_text(name): int(value) for name, value in found.items()})


def recount(day: dt.date) -> dict[Slot, Figures]:
    """Sets the day's counters to what the rows say."""
    found = count_day(day)
    fields: dict[str, int] = {_MARK: 1}
    for slot, figures in found.items():
        prefix = f"{slot.channel}|{slot.template_id}|"
        fields |= {prefix + name: getattr(figures, name) for name in COUNTS}
        fields[prefix + "ms"] = figures.duration_sum_ms
        fields |= {f"{prefix}h{place}": count for place, count in figures.durations.items()}

    def replace(redis: Redis) -> None:
        with redis.pipeline() as pipe:
            pipe.delete(_day_key(day))
            pipe.hset(_day_key(day), mapping=fields)  # type: ignore[arg-type]
            pipe.expire(_day_key(day), DAY_KEPT)
            pipe.execute()

    try:
        ask(replace)
    except RedisAway:
        return found
    return found


def last_moments(seconds: int) -> Moment:
    """What ended within the last `seconds`, to a stretch of `MOMENT_SECONDS`."""
    if not settings.REDIS_URL:
        since = time.monotonic() - seconds
        with _own_lock:
            recent = [moment for at, moment in _own_moments if at >= since]
        return Moment(
            sum(m.sent for m in recent),
            sum(m.failed for m in recent),
            sum(m.duration_sum_ms for m in recent),
        )
    now = time.time()
    keys = [_moment_key(now - back * MOMENT_SECONDS) for back in range(seconds // MOMENT_SECONDS)]

    def read(redis: Redis) -> list[list[bytes | None]]:
        with redis.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.hmget(key, "sent", "failed", "ms")
            found: list[list[bytes | None]] = pipe.execute()
            return found

    try:
        columns = list(zip(*ask(read), strict=True))
    except RedisAway:
        return Moment()
    return Moment(*(sum(int(value or 0) for value in column) for column in columns))


def last_minutes(minutes: int) -> dict[str, Figures]:
    """What ended within the last `minutes`, the present one included, by channel."""
    present = int(time.time() // 60)
    wanted = range(present - minutes + 1, present + 1)
    found: dict[str, Figures] = defaultdict(Figures)
    if not settings.REDIS_URL:
        with _own_lock:
            for minute in wanted:
                for channel, figures in _own_minutes.get(minute, {}).items():
                    found[channel].add(figures)
        return dict(found)

    def read(redis: Redis) -> list[dict[bytes, bytes]]:
        with redis.pipeline(transaction=False) as pipe:
            for minute in wanted:
                pipe.hgetall(_minute_key(minute))
            told: list[dict[bytes, bytes]] = pipe.execute()
            return told

    try:
        hashes = ask(read)
    except RedisAway:
        return {}
    for fields in hashes:
        named = {_text(name): int(value) for name, value in fields.items()}
        for slot, figures in _figures(named).items():
            found[slot.channel].add(figures)
    return dict(found)


def forget_here() -> None:
    with _own_lock:
        _own_moments.clear()
        _own_minutes.clear()


def _shift(channel: str, template_id: int | None, change: Counter[str]) -> None:
    slot = f"{channel}|{template_id or 0}|"

    def add(redis: Redis) -> None:
        with redis.pipeline(transaction=False) as pipe:
            named = Counter({slot + name: count for name, count in change.items()})
            _increment(pipe, _day_key(timezone.localdate()), named, DAY_KEPT)
            pipe.execute()

    try:
        ask(add)
    except RedisAway:
        return


def _increment(pipe: Pipeline, key: str, counts: Counter[str], kept: dt.timedelta) -> None:
    changed = {name: count for name, count in counts.items() if count}
    for name, count in changed.items():
        pipe.hincrby(key, name, count)
    if changed:
        pipe.expire(key, kept)


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def _figures(fields: dict[str, int]) -> dict[Slot, Figures]:
    found: dict[Slot, Figures] = {}
    for name, value in fields.items():
        if name == _MARK:
            continue
        channel, template_id, figure = name.split("|")
        figures = found.setdefault(Slot(channel, int(template_id)), Figures())
        if figure == "ms":
            figures.duration_sum_ms = value
        elif figure.startswith("h"):
            figures.durations[int(figure[1:])] = value
        else:
            setattr(figures, figure, value)
    return found


def _day_key(day: dt.date) -> str:
    return f"scrm:stat:day:{day:%Y%m%d}"


def _minute_key(minute: int) -> str:
    return f"scrm:stat:minute:{minute}"


def _moment_key(at: float) -> str:
    return f"scrm:stat:moment:{int(at // MOMENT_SECONDS)}"
