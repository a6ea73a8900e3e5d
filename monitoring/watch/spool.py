"""Incidents while the database is away: a small file that the processes of one machine share.

A lock on the file lets one process at a time decide, so that one of them tells. Across machines
Redis decides, while it is there. `ledger` takes the file over once the database is back.
"""

import fcntl
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.utils import timezone
from redis import Redis

from config.environment import data_dir
from config.redis_link import RedisAway, ask
from config.runtime import store
from monitoring.models import Severity
from monitoring.watch.judging import Judgement
from monitoring.watch.news import Item, News
from monitoring.watch.settings import LIMITS

_TIMES = ("opened_at", "last_seen_at", "alerted_at", "claimed_at")
CLAIM_SECONDS = 60


@dataclass(frozen=True)
class Entry:
    """One open incident; `alerted_at` is empty until somebody was told, here or elsewhere."""

    rule: str
    subject: str
    summary: str
    opened_at: datetime
    last_seen_at: datetime
    severity: str = Severity.CRITICAL
    alerted_at: datetime | None = None
    claimed_at: datetime | None = None
    alerted_by: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.subject


def take_in(judgement: Judgement, known: set[tuple[str, str]]) -> News:
    """Notes what is wrong; `known` was open in the database already, and told from there.

    What is over meanwhile stays noted: the database closes it, and tells.
    """
    now = timezone.now()
    news = News()
    with _open_file() as file:
        noted = _read(file)
        for key, condition in judgement.present.items():
            if key in known:
                continue
            entry = noted.get(key) or Entry(
                condition.rule,
                condition.subject,
                condition.summary[:300],
                now,
                now,
                condition.severity,
            )
            entry = replace(entry, last_seen_at=now)
            if _is_to_tell(entry, now):
                entry = replace(entry, claimed_at=now)
                item = Item(entry.rule, entry.subject, entry.summary, entry.opened_at)
                (news.lasting if entry.alerted_at else news.opened).append(item)
            noted[key] = entry
        _write(file, noted)
    return _first_among_machines(news)


def told(news: News, way: str) -> None:
    now = timezone.now()
    with _open_file() as file:
        noted = _read(file)
        for item in news.opened + news.lasting:
            if item.key in noted:
                noted[item.key] = replace(
                    noted[item.key], alerted_at=now, claimed_at=None, alerted_by=way
                )
        _write(file, noted)


def entries() -> list[Entry]:
    return list(_read_only().values())


def clear(taken: list[Entry]) -> None:
    """Drops what the database has taken over, unless it has changed since."""
    with suppress(RedisAway):
        ask(lambda redis: redis.delete(*[_shared(entry.key) for entry in taken]))
    with _open_file() as file:
        noted = _read(file)
        for entry in taken:
            if noted.get(entry.key) == entry:
                del noted[entry.key]
        _write(file, noted)


def _is_to_tell(entry: Entry, now: datetime) -> bool:
    if entry.claimed_at and now - entry.claimed_at < timedelta(seconds=CLAIM_SECONDS):
        return False
    again = timedelta(hours=store.last_known(LIMITS)["remind_hours"])
    return entry.alerted_at is None or now - entry.alerted_at >= again


def _first_among_machines(news: News) -> News:
    """Leaves to another machine what that one tells already."""

    me = f"{socket.gethostname()}:{data_dir()}"

    def is_first(item: Item) -> bool:
        def take(redis: Redis) -> bool:
            name = _shared(item.key)
            taken = redis.set(name, me, nx=True, ex=CLAIM_SECONDS * 10)
            return bool(taken) or redis.get(name) == me.encode()

        try:
            return ask(take)
        except RedisAway:
            return True

    mine = News(opened=[item for item in news.opened if is_first(item)], lasting=news.lasting)
    others = [item for item in news.opened if item not in mine.opened]
    if others:
        told(News(opened=others), "")
    return mine


def _shared(key: tuple[str, str]) -> str:
    return f"scrm:watch:told:{key[0]}:{key[1]}"


def _path() -> Path:
    folder = data_dir() / "watch"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "incidents.json"


@contextmanager
def _open_file() -> Iterator[IO[str]]:
    with _path().open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _read_only() -> dict[tuple[str, str], Entry]:
    path = _path()
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return _read(file)


def _read(file: IO[str]) -> dict[tuple[str, str], Entry]:
    file.seek(0)
    try:
        rows: list[dict[str, Any]] = json.loads(file.read() or "[]")
    except json.JSONDecodeError:
        # A write was cut off, as on a full disk: better told twice than never.
        return {}
    found = [Entry(**_with_times(row)) for row in rows]
    return {entry.key: entry for entry in found}


def _with_times(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: datetime.fromisoformat(row[name]) for name in _TIMES if row.get(name)}


def _write(file: IO[str], noted: dict[tuple[str, str], Entry]) -> None:
    file.seek(0)
    file.truncate()
    json.dump([asdict(entry) for entry in noted.values()], file, default=str, ensure_ascii=False)
    file.flush()
