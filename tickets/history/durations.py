"""How long tickets took, taken together: average, median, and what nine of ten stay under.

PostgreSQL computes them; SQLite has no percentiles, so there they are computed here, the same way.
"""

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Avg, Count, F, FloatField, Func, QuerySet

from tickets.models import Ticket


@dataclass(frozen=True)
class Spread:
    """Seconds; None where there is nothing to compute from."""

    count: int = 0
    average: float | None = None
    median: float | None = None
    p90: float | None = None


class Seconds(Func):
    """Of an interval."""

    template = "EXTRACT(EPOCH FROM (%(expressions)s))"
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """There an interval is a number of microseconds."""
        return self.as_sql(
            compiler, connection, template="((%(expressions)s) / 1000000.0)", **context
        )


class Percentile(Aggregate):
    """Between two values it interpolates."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()
    allow_distinct = False


def spread_until(tickets: QuerySet[Ticket], end: str) -> Spread:
    """From creation to the moment in the field `end`, of the tickets that have it; one query."""
    ended = tickets.order_by().filter(**{f"{end}__isnull": False})
    if connection.vendor != "postgresql":
        pairs = ended.values_list("created_at", end)
        return spread_of([max((done - made).total_seconds(), 0) for made, done in pairs])
    seconds = Func(Seconds(F(end) - F("created_at")), 0.0, function="greatest")
    seconds.output_field = FloatField()
    found = ended.aggregate(
        count=Count("pk"),
        average=Avg(seconds),
        median=Percentile(seconds, share="0.5"),
        p90=Percentile(seconds, share="0.9"),
    )
    return Spread(**found)


def spread_of(seconds: list[float]) -> Spread:
    if not seconds:
        return Spread()
    ordered = sorted(seconds)
    return Spread(
        count=len(ordered),
        average=fmean(ordered),
        median=_percentile(ordered, 0.5),
        p90=_percentile(ordered, 0.9),
    )


def _percentile(ordered: list[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
