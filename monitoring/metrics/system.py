"""Measures of the system itself: parts, processes, queues, outbox, database, disk."""

import shutil
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from config.broker import queues
from config.environment import data_dir
from config.events.models import OutboxEntry
from config.health import probing
from config.health.reading import Status
from config.measures import Measure, Value
from config.measures import register as register_reader
from config.processes import heartbeat
from config.redis_link import RedisAway
from monitoring.models import Incident
from monitoring.watch.conditions import all_rules

UP = Measure("scrm_part_up", "1 while the part is well; left out while nobody knows", ("part",))
PROCESSES = Measure("scrm_processes", "Processes heard in the last minute", ("kind",))
AGE = Measure("scrm_heartbeat_age_seconds", "Since the latest heartbeat of any", ("kind",))
TASKS = Measure("scrm_queue_tasks", "Tasks waiting at the broker", ("queue",))
CONSUMERS = Measure("scrm_queue_consumers", "Processes that consume the queue", ("queue",))
OUTBOX_ROWS = Measure("scrm_outbox_rows", "Rows waiting to be published")
OUTBOX_LAG = Measure("scrm_outbox_oldest_seconds", "How long the oldest of them has waited")
OUTBOX_ASIDE = Measure("scrm_outbox_set_aside_rows", "Rows that cannot be published at all")
CONNECTIONS = Measure("scrm_database_connections", "Connections to our database", ("state",))
CONNECTIONS_MAX = Measure("scrm_database_connections_max", "How many the server takes")
DISK_FREE = Measure("scrm_disk_free_bytes", "Free where the data folder is")
DISK_SIZE = Measure("scrm_disk_size_bytes", "Size of that disk")
INCIDENTS = Measure("scrm_incidents_open", "Open incidents of the watch", ("rule",))

_KINDS: tuple[heartbeat.ProcessKind, ...] = ("worker", "beat", "relay")


def register() -> None:
    register_reader(_parts, [UP], needs_database=False)
    register_reader(_processes, [PROCESSES, AGE], needs_database=False)
    register_reader(_queues, [TASKS, CONSUMERS], needs_database=False)
    register_reader(_disk, [DISK_FREE, DISK_SIZE], needs_database=False)
    register_reader(_outbox, [OUTBOX_ROWS, OUTBOX_LAG, OUTBOX_ASIDE])
    register_reader(_connections, [CONNECTIONS, CONNECTIONS_MAX])
    register_reader(_incidents, [INCIDENTS])


def _parts() -> Iterator[Value]:
    for name, reading in probing.readings().items():
        if reading.status is not Status.UNKNOWN:
            yield Value(UP, float(reading.is_ok), (name,))


def _processes() -> Iterator[Value]:
    for kind in _KINDS:
        ages = heartbeat.alive(kind)
        yield Value(PROCESSES, len(ages), (kind,))
        if ages:
            yield Value(AGE, min(ages.values()), (kind,))


def _queues() -> Iterator[Value]:
    if settings.EMBEDDED or not probing.reading("broker").is_ok:
        return
    names = [name for kind in settings.WORKER_QUEUES.values() for name in kind]
    try:
        states = queues.look(names)
    except queues.AWAY as error:
        raise RedisAway from error
    for name, state in states.items():
        yield Value(TASKS, state.messages, (name,))
        yield Value(CONSUMERS, state.consumers, (name,))


def _disk() -> Iterator[Value]:
    usage = shutil.disk_usage(data_dir())
    yield Value(DISK_FREE, usage.free)
    yield Value(DISK_SIZE, usage.total)


def _outbox() -> Iterator[Value]:
    waiting = OutboxEntry.objects.filter(error="").aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    oldest = waiting["oldest"]
    yield Value(OUTBOX_ROWS, waiting["count"])
    yield Value(OUTBOX_LAG, (timezone.now() - oldest).total_seconds() if oldest else 0)
    yield Value(OUTBOX_ASIDE, OutboxEntry.objects.exclude(error="").count())


def _connections() -> Iterator[Value]:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() GROUP BY 1"
        )
        for state, count in cursor.fetchall():
            yield Value(CONNECTIONS, count, (state,))
        cursor.execute("SELECT current_setting('max_connections')::int")
        yield Value(CONNECTIONS_MAX, cursor.fetchone()[0])


def _incidents() -> Iterator[Value]:
    rows = Incident.objects.filter(closed_at=None).order_by()
    found = dict(rows.values_list("rule").annotate(Count("pk")))
    for rule in all_rules():
        yield Value(INCIDENTS, found.get(rule.name, 0), (rule.name,))
