"""Which rows an operator means: on a column, on rows that belong to a customer, on their number."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from customers.conditions.fields import Where
from customers.conditions.language import Leaf

Rows = Callable[[Leaf, dt.datetime], QuerySet[Any]]
# From (included) and to (not included); None where it is open.
Bounds = tuple[dt.datetime | None, dt.datetime | None]

_DENIED = {"ne": "eq", "not_contains": "contains", "not_in": "in", "has_none": "has_any"}
_LOOKUPS = {"eq": "exact", "contains": "icontains", "starts_with": "startswith", "in": "in"}
_HOLDS_FOR_NOUGHT: Mapping[str, Callable[[Any], bool]] = {
    "eq": lambda value: value == 0,
    "ne": lambda value: value != 0,
    "gt": lambda value: value < 0,
    "gte": lambda value: value <= 0,
    "lt": lambda value: value > 0,
    "lte": lambda value: value >= 0,
    "between": lambda value: value[0] <= 0 <= value[1],
}
_BOUNDS: Mapping[str, Callable[[Any, dt.datetime], Bounds]] = {
    "within_days": lambda value, now: (now - dt.timedelta(days=value), now + dt.timedelta(0, 1)),
    "older_than_days": lambda value, now: (None, now - dt.timedelta(days=value)),
    "next_days": lambda value, now: (now, now + dt.timedelta(days=value)),
    "on": lambda value, now: (_midnight(value), _midnight(value, 1)),
    "before": lambda value, now: (None, _midnight(value)),
    "after": lambda value, now: (_midnight(value, 1), None),
    "between": lambda value, now: (_midnight(value[0]), _midnight(value[1], 1)),
}


def text_column(column: str) -> Where:
    """A column that is never NULL."""
    return lambda leaf, now: compared(leaf, lambda op, value: Q(**{f"{column}__{op}": value}))


def compared(leaf: Leaf, lookup: Callable[[str, Any], Q]) -> Q:
    """What a text operator means, by Django's lookups; an empty text is none."""
    if leaf.op == "is_empty":
        return _affirmed(lookup("exact", ""), is_so=leaf.value)
    op = _DENIED.get(leaf.op, leaf.op)
    return _affirmed(lookup(_LOOKUPS[op], leaf.value), is_so=op == leaf.op)


def choice_column(column: str) -> Where:
    """A column of few values, or a foreign key's id, which may be NULL."""

    def where(leaf: Leaf, now: dt.datetime) -> Q:
        if leaf.op == "is_empty":
            return Q(**{f"{column}__isnull": leaf.value})
        op = _DENIED.get(leaf.op, leaf.op)
        found = Q(**{f"{column}__{_LOOKUPS[op]}": leaf.value})
        return _affirmed(found, is_so=op == leaf.op)

    return where


def number_column(column: str) -> Where:
    return lambda leaf, now: _number_q(column, leaf.op, leaf.value)


def date_column(column: str) -> Where:
    """A moment, NULL where it has not come: that is neither long ago nor recent."""

    def where(leaf: Leaf, now: dt.datetime) -> Q:
        if leaf.op == "is_empty":
            return Q(**{f"{column}__isnull": leaf.value})
        return _between(column, *_BOUNDS[leaf.op](leaf.value, now))

    return where


def exists(rows: QuerySet[Any]) -> Q:
    """Customers of whom there is one of `rows`, which have a column `customer`.

    EXISTS rather than IN: PostgreSQL joins it, and under OR it never walks a list for each row.
    """
    return Q(Exists(rows.filter(customer=OuterRef("pk"))))


def flag_of(found: Callable[[dt.datetime], Q]) -> Where:
    """True where `found` says so."""
    return lambda leaf, now: _affirmed(found(now), is_so=leaf.value)


def text_of(rows: QuerySet[Any], column: str) -> Where:
    """One of the customer's rows has such a text; denied: none has."""

    def where(leaf: Leaf, now: dt.datetime) -> Q:
        named = rows.exclude(**{column: ""})
        if leaf.op == "is_empty":
            return _affirmed(exists(named), is_so=not leaf.value)
        return compared(leaf, lambda op, value: exists(named.filter(**{f"{column}__{op}": value})))

    return where


def set_of(rows: QuerySet[Any], column: str) -> Where:
    """Values in `column` of a customer's `rows`."""

    def where(leaf: Leaf, now: dt.datetime) -> Q:
        if leaf.op == "is_empty":
            return _affirmed(exists(rows.all()), is_so=not leaf.value)
        if leaf.op == "has_all":
            found = Q()
            for value in leaf.value:
                found &= exists(rows.filter(**{column: value}))
            return found
        found = exists(rows.filter(**{f"{column}__in": leaf.value}))
        return _affirmed(found, is_so=leaf.op == "has_any")

    return where


def count_of(rows: Rows) -> Where:
    """How many of `rows` a customer has; who has none has nought."""

    def where(leaf: Leaf, now: dt.datetime) -> Q:
        found = rows(leaf, now)
        if (leaf.op, leaf.value) in (("gte", 1), ("gt", 0), ("ne", 0)):
            return exists(found)
        if (leaf.op, leaf.value) in (("lt", 1), ("lte", 0), ("eq", 0)):
            return ~exists(found)
        return _total(found, Count("pk"), leaf)

    return where


def sum_of(rows: Rows, column: str) -> Where:
    return lambda leaf, now: _total(rows(leaf, now), Sum(column), leaf)


def latest_of(rows: Rows, column: str) -> Where:
    """The latest moment in `column` of a customer's rows, compared as a date column would be."""

    def where(leaf: Leaf, now: dt.datetime) -> Q:
        found = rows(leaf, now).filter(**{f"{column}__isnull": False})
        if leaf.op == "is_empty":
            return _affirmed(exists(found), is_so=not leaf.value)
        start, end = _BOUNDS[leaf.op](leaf.value, now)
        among = exists(found.filter(_between(column, start, end)))
        if end is None:
            return among
        return among & ~exists(found.filter(**{f"{column}__gte": end}))

    return where


def since(leaf: Leaf, now: dt.datetime) -> dt.datetime:
    """The beginning of the leaf's `days`."""
    return now - dt.timedelta(days=leaf.params["days"])


def _affirmed(found: Q, *, is_so: bool) -> Q:
    return found if is_so else ~found


def _number_q(column: str, op: str, value: Any) -> Q:
    match op:
        case "eq":
            return Q(**{column: value})
        case "ne":
            return ~Q(**{column: value})
        case "between":
            return Q(**{f"{column}__gte": value[0], f"{column}__lte": value[1]})
    return Q(**{f"{column}__{op}": value})


def _between(column: str, start: dt.datetime | None, end: dt.datetime | None) -> Q:
    found = Q()
    if start is not None:
        found &= Q(**{f"{column}__gte": start})
    if end is not None:
        found &= Q(**{f"{column}__lt": end})
    return found


def _total(rows: QuerySet[Any], total: Count | Sum, leaf: Leaf) -> Q:
    wanted = _number_q("in_all", leaf.op, leaf.value)
    of_each = rows.order_by().values("customer_id").annotate(in_all=total)
    if not _HOLDS_FOR_NOUGHT[leaf.op](leaf.value):
        return Q(pk__in=of_each.filter(wanted).values("customer_id"))
    # Who has no rows has nought, and that fits: all but those that have a number that does not.
    return ~Q(pk__in=of_each.filter(~wanted).values("customer_id"))


def _midnight(date: dt.date, days: int = 0) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date + dt.timedelta(days=days), dt.time()))
