"""How each server is asked, and what it can tell of the processes behind it.

The broker knows who consumes each queue, the cache holds the heartbeats: with one of them away,
only what the other says is known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from config.broker import queues
from config.health.reading import Reading, Status, ok, unavailable, unknown
from config.processes import heartbeat
from config.redis_link import RedisAway, without_rests

# A server that takes longer counts as away.
ANSWER_SECONDS = 2
WORKERS = "workers"
WORKER_PREFIX = "worker:"


@dataclass(frozen=True)
class Look:
    """`server` is asked by `ask`; without an answer nothing is known of `others`."""

    server: str
    ask: Callable[[], dict[str, Reading]]
    others: tuple[str, ...] = ()

    def without_answer(self, detail: str) -> dict[str, Reading]:
        unasked = {name: unknown(f"{self.server} 不可用，无法得知") for name in self.others}
        return {self.server: unavailable(detail), **unasked}


def worker_parts() -> tuple[str, ...]:
    """One for each kind of worker, and one for all of them."""
    return (WORKERS, *(WORKER_PREFIX + kind for kind in settings.WORKER_QUEUES))


def all_looks() -> list[Look]:
    if settings.EMBEDDED:
        return [
            Look("database", _database),
            Look("broker", lambda: {"broker": ok("进程内")}),
            Look("cache", _own_memory, (*worker_parts(), "beat", "relay")),
        ]
    return [
        Look("database", _database),
        Look("broker", _broker, worker_parts()),
        Look("cache", _redis, ("beat", "relay")),
    ]


def _database() -> dict[str, Reading]:
    """A connection of its own: whether a new one can be had is what the next request needs."""
    own: Any = connection.copy()
    is_postgresql = own.vendor == "postgresql"
    if is_postgresql:
        limits = {"connect_timeout": ANSWER_SECONDS, "tcp_user_timeout": ANSWER_SECONDS * 1000}
        own.settings_dict["OPTIONS"] = {**own.settings_dict["OPTIONS"], **limits}
        own.settings_dict["OPTIONS"].pop("pool", None)
    try:
        with own.cursor() as cursor:
            # On SQLite only a question about a table opens the file.
            cursor.execute(
                "SELECT pg_is_in_recovery()"
                if is_postgresql
                else "SELECT count(*) < 0 FROM sqlite_master"
            )
            is_replica = bool(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError) as error:
        return {"database": unavailable(type(error).__name__)}
    finally:
        own.close()
    return {"database": unavailable("只读副本，不能写入") if is_replica else ok()}


def _broker() -> dict[str, Reading]:
    names = [queue for kind in settings.WORKER_QUEUES.values() for queue in kind]
    try:
        states = queues.look(names, answer_seconds=ANSWER_SECONDS)
    except queues.AWAY as error:
        look = Look("broker", _broker, worker_parts())
        return look.without_answer(type(error).__name__)
    kinds = {
        WORKER_PREFIX + kind: _consumed(wanted, states)
        for kind, wanted in settings.WORKER_QUEUES.items()
    }
    return {"broker": ok(), WORKERS: _all_of(kinds), **kinds}


def _consumed(wanted: tuple[str, ...], states: dict[str, queues.QueueState]) -> Reading:
    alone = [name for name in wanted if name not in states or not states[name].consumers]
    return unavailable(f"没有进程消费队列 {'、'.join(alone)}") if alone else ok()


def _all_of(kinds: dict[str, Reading]) -> Reading:
    ill = [name.removeprefix(WORKER_PREFIX) for name, reading in kinds.items() if not reading.is_ok]
    return unavailable(f"没有进程：{'、'.join(ill)}") if ill else ok()


def _redis() -> dict[str, Reading]:
    try:
        with without_rests():
            # Asked directly: the cache itself hides that it is away.
            get_redis_connection("default").ping()
            return {"cache": ok(), **{kind: _beating(kind) for kind in ("beat", "relay")}}
    except (RedisError, OSError, RedisAway) as error:
        return Look("cache", _redis, ("beat", "relay")).without_answer(type(error).__name__)


def _own_memory() -> dict[str, Reading]:
    cache.set("readyz", 1, 5)
    worker = _beating("worker")
    return {
        "cache": ok("进程内") if cache.get("readyz") == 1 else unavailable("写入后读不到"),
        **dict.fromkeys(worker_parts(), worker),
        "beat": _beating("beat"),
        "relay": _beating("relay"),
    }


def _beating(kind: heartbeat.ProcessKind) -> Reading:
    count = len(heartbeat.alive(kind))
    if count:
        return Reading(Status.OK, f"{count} 个进程")
    return unavailable(f"{heartbeat.SILENT_SECONDS} 秒内没有心跳")
