"""One slice of a cleanup: so many seconds, then whoever else waits for the worker has their turn."""

import datetime as dt
import time

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config import retention
from config.logs import get_logger
from config.retention import Table
from config.runtime import store
from monitoring.retention.models import CleanedTable
from monitoring.retention.settings import PACE, days_of

logger = get_logger(__name__)

# The one-process profile has one worker for everything, and SQLite one writer.
SLICE_SECONDS = 1.0 if settings.EMBEDDED else 20.0


def clean_slice(seconds: float = SLICE_SECONDS) -> bool:
    """Deletes what is too old, table by table; False when the time was up before all was done.

    Each step is a transaction of its own, and takes a pause at least as long as itself, so that at
    most half of the database's time goes to it. Stopped anywhere, the next slice goes on.
    """
    end = time.monotonic() + seconds
    return all(_clean(table, end) for table in retention.tables())


def _clean(table: Table, end: float) -> bool:
    pace = store.get(PACE)
    before = timezone.now() - dt.timedelta(days=days_of(table))
    begun = time.monotonic()
    place, deleted, is_complete = None, 0, False
    while not is_complete and time.monotonic() < end:
        started = time.monotonic()
        removed = table.remove(before, pace["rows_at_once"], place)
        place, deleted = removed.place, deleted + removed.count
        is_complete = place is None
        if not is_complete:
            time.sleep(max(pace["pause_ms"] / 1000, time.monotonic() - started))
    _note(table, deleted, time.monotonic() - begun, is_complete=is_complete)
    return is_complete


@transaction.atomic
def _note(table: Table, deleted: int, seconds: float, *, is_complete: bool) -> None:
    row, _ = CleanedTable.objects.get_or_create(date=timezone.localdate(), key=table.key)
    CleanedTable.objects.filter(pk=row.pk).update(
        deleted=F("deleted") + deleted,
        seconds=F("seconds") + seconds,
        is_complete=is_complete,
        updated_at=timezone.now(),
    )
    if deleted:
        logger.info("table_cleaned", table=table.key, deleted=deleted, complete=is_complete)
