"""How long tables are kept. Each app registers its own; `monitoring.retention` does the deleting.

A table's `remove` deletes at most so many rows in one short transaction of its own and tells from
where to go on, so that nobody waits for a cleanup and it can stop anywhere.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

# Where the walk through a table stands; what it is, is `remove`'s own affair.
Place: TypeAlias = Any


@dataclass(frozen=True)
class Removed:
    """`place` is None when nothing old enough is left."""

    count: int
    place: Place | None


Remove: TypeAlias = Callable[[dt.datetime, int, Place | None], Removed]


@dataclass(frozen=True)
class Table:
    """`key` is the name in the runtime setting `retention`; `least` what may not be gone below."""

    key: str
    label: str
    days: int
    least: int
    remove: Remove


_tables: dict[str, Table] = {}


def register(table: Table) -> None:
    """Called from an app's `ready()`."""
    _tables[table.key] = table


def tables() -> list[Table]:
    return list(_tables.values())


def numbered(rows: QuerySet[Any], column: str) -> Remove:
    """For a table whose numbers rise with the time in `column`: no index on that time is needed.

    Of `rows` only: what they leave out stays, however old. Rows that somebody holds are left for
    the next time.
    """
    everything = rows.model.objects.order_by("pk")

    def remove(before: dt.datetime, at_most: int, place: Place | None) -> Removed:
        with transaction.atomic():
            ahead = everything if place is None else everything.filter(pk__gt=place)
            seen = list(ahead.values_list("pk", column)[:at_most])
            old = [pk for pk, at in seen if _is_older(at, before)]
            if not old:
                return Removed(0, None)
            free = rows.filter(pk__in=old).order_by("pk")
            held = list(
                free.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
            )
            everything.filter(pk__in=held).order_by().only("pk").delete()
        return Removed(len(held), seen[-1][0])

    return remove


def _is_older(at: dt.datetime | dt.date, before: dt.datetime) -> bool:
    return at < before if isinstance(at, dt.datetime) else at < timezone.localdate(before)


def expired(rows: QuerySet[Any], column: str) -> Remove:
    """For a table with an index on `column`, whose rows nobody needs once that time is over."""

    def remove(before: dt.datetime, at_most: int, place: Place | None) -> Removed:
        with transaction.atomic():
            old = rows.filter(**{f"{column}__lt": before}).order_by(column)
            pks = list(old.values_list("pk", flat=True)[:at_most])
            count = rows.filter(pk__in=pks).delete()[0]
        return Removed(count, True if len(pks) == at_most else None)

    return remove


def remove_all(remove: Remove, before: dt.datetime, *, at_most: int = 1000) -> int:
    """Step by step until nothing old is left; returns how many rows."""
    removed = remove(before, at_most, None)
    count = removed.count
    while removed.place is not None:
        removed = remove(before, at_most, removed.place)
        count += removed.count
    return count
