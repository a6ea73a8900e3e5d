"""The database's clock: it alone decides what is due and which window counts (guarantees.md 11).

Machines' clocks differ and are set while we run. PostgreSQL's is read now and then and carried on by
this process's monotonic clock, which nobody can set. SQLite has one process and that one's clock.
"""

import threading
import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

# Two quartzes drift apart by less than a millisecond in that time.
READ_EVERY_SECONDS = 30.0

_lock = threading.Lock()
# What the database said, and when by `time.monotonic()`.
_read: tuple[datetime, float] | None = None


def now() -> datetime:
    """Aware; costs a query twice a minute. Raises what the database raises."""
    if connection.vendor != "postgresql":
        return timezone.now()
    global _read
    with _lock:
        read, moment = _read, time.monotonic()
        if read is None or moment - read[1] >= READ_EVERY_SECONDS:
            read = _read = _ask(), time.monotonic()
            moment = read[1]
    return read[0] + timedelta(seconds=moment - read[1])


def local() -> datetime:
    """`now`, in the office's time zone."""
    return timezone.localtime(now())


def forget() -> None:
    """The next look asks the database."""
    global _read
    with _lock:
        _read = None


def _ask() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    found: datetime = row[0]
    return found
