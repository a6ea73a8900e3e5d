"""How many callbacks wait, since when, and how many failed of late."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from config.measures import Measure, Value
from config.measures import register as register_reader
from wechat.models import Callback, CallbackSource, CallbackStatus

RECENT = timedelta(minutes=10)

WAITING = Measure("scrm_callbacks_waiting", "Callbacks stored and not worked yet", ("source",))
OLDEST = Measure("scrm_callbacks_oldest_seconds", "How long the oldest of them has waited")
FAILED = Measure(
    "scrm_callbacks_failed_recently", "Callbacks that failed in the last ten minutes", ("source",)
)


def register() -> None:
    register_reader(_read, [WAITING, OLDEST, FAILED])


def _read() -> Iterator[Value]:
    """Two queries, each on a partial index."""
    now = timezone.now()
    waiting = {
        row["source"]: row
        for row in Callback.objects.filter(status=CallbackStatus.RECEIVED)
        .values("source")
        .annotate(count=Count("pk"), oldest=Min("received_at"))
        .order_by()
    }
    failed = dict(
        Callback.objects.filter(status=CallbackStatus.FAILED, finished_at__gte=now - RECENT)
        .values_list("source")
        .annotate(Count("pk"))
        .order_by()
    )
    for source in CallbackSource.values:
        yield Value(WAITING, waiting[source]["count"] if source in waiting else 0, (source,))
        yield Value(FAILED, failed.get(source, 0), (source,))
    oldest = min((row["oldest"] for row in waiting.values()), default=now)
    yield Value(OLDEST, max(0.0, (now - oldest).total_seconds()))
