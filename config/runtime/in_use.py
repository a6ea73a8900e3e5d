"""Which version of each runtime setting every process uses now.

Each process leaves a line in Redis every few seconds; who has been silent is gone. In the embedded
profile there is one process, which remembers its own line.
"""

import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

from django.conf import settings
from redis import Redis

from config.redis_link import ask
from config.runtime.queries import newest_versions

Kind = Literal["web", "live", "worker", "relay", "beat", "embedded"]
KINDS: tuple[Kind, ...] = get_args(Kind)
REPORT_SECONDS = 3.0
SILENT_SECONDS = 12.0
_LINES = "scrm:processes"

_own_lines: dict[str, str] = {}


@dataclass(frozen=True)
class Line:
    """What a process tells of itself; times are seconds since the epoch."""

    kind: Kind
    host: str
    pid: int
    started_at: float
    queues: list[str]
    versions: dict[str, int]
    seen_at: float

    @property
    def name(self) -> str:
        return f"{self.host}:{self.pid}"


@dataclass(frozen=True)
class Behind:
    """A key of which a process does not use the newest version yet."""

    key: str
    version: int
    newest: int


@dataclass(frozen=True)
class ProcessInUse:
    line: Line
    behind: list[Behind]

    @property
    def seen_at(self) -> datetime:
        return datetime.fromtimestamp(self.line.seen_at, UTC)

    @property
    def started_at(self) -> datetime:
        return datetime.fromtimestamp(self.line.started_at, UTC)


def report(line: Line) -> None:
    """Leaves the line where all processes' lines are; raises `RedisAway`."""
    told = json.dumps(asdict(line))
    if not settings.REDIS_URL:
        _own_lines[line.name] = told
        return
    ask(lambda redis: redis.hset(_LINES, line.name, told))


def withdraw(name: str) -> None:
    """The process ends; raises `RedisAway`."""
    if not settings.REDIS_URL:
        _own_lines.pop(name, None)
        return
    ask(lambda redis: redis.hdel(_LINES, name))


def in_use() -> list[ProcessInUse]:
    """Every process that has shown itself lately; raises `RedisAway` where nobody can tell."""
    told = {name: _line(raw) for name, raw in _told().items()}
    now = time.time()
    silent = [name for name, line in told.items() if now - line.seen_at > SILENT_SECONDS]
    for name in silent:
        del told[name]
        withdraw(name)
    newest = newest_versions()
    lines = sorted(told.values(), key=lambda line: (KINDS.index(line.kind), line.host, line.pid))
    return [ProcessInUse(line, _behind(line, newest)) for line in lines]


def _behind(line: Line, newest: dict[str, int]) -> list[Behind]:
    return [
        Behind(key, line.versions.get(key, 0), version)
        for key, version in sorted(newest.items())
        if line.versions.get(key, 0) < version
    ]


def _told() -> dict[str, str]:
    if not settings.REDIS_URL:
        return dict(_own_lines)

    def read(redis: Redis) -> dict[bytes, bytes]:
        return cast("dict[bytes, bytes]", redis.hgetall(_LINES))

    return {name.decode(): raw.decode() for name, raw in ask(read).items()}


def _line(raw: str) -> Line:
    told: dict[str, Any] = json.loads(raw)
    return Line(**told)
