"""Whether what was committed leaves, and what came in is worked."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone

from config import measures
from config.events.models import OutboxEntry
from config.runtime import store
from monitoring.models import Severity
from monitoring.watch.conditions import Condition, Parts, Rule
from monitoring.watch.conditions import register as register_rule
from monitoring.watch.settings import LIMITS

# Measures of the room that takes callbacks in.
CALLBACKS_FAILED = "scrm_callbacks_failed_recently"
CALLBACKS_AGE = "scrm_callbacks_oldest_seconds"


def register() -> None:
    needs = ("database", "broker", "cache")
    register_rule(Rule("outbox_lag", "待发布的任务滞后", _outbox, needs=needs, hold_seconds=10))
    register_rule(Rule("callbacks", "回调处理异常", _callbacks, needs=("database", "broker")))


def _outbox(parts: Parts) -> Iterable[Condition]:
    limits = store.get(LIMITS)
    waiting = OutboxEntry.objects.filter(error="").aggregate(
        count=Count("pk"), oldest=Min("created_at")
    )
    seconds = (timezone.now() - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0
    if seconds > limits["outbox_seconds"] or waiting["count"] > limits["outbox_rows"]:
        yield Condition(
            "outbox_lag",
            "",
            f"{waiting['count']} 个任务等待发布，最早的已等 {seconds:.0f} 秒",
            details={"rows": waiting["count"], "oldest_seconds": round(seconds)},
        )
    if aside := OutboxEntry.objects.exclude(error="").count():
        yield Condition(
            "outbox_lag",
            "set_aside",
            f"{aside} 个任务无法发布，已搁置，等待人工处理",
            severity=Severity.WARNING,
            details={"rows": aside},
        )


def _callbacks(parts: Parts) -> Iterable[Condition]:
    limits = store.get(LIMITS)
    failed = int(sum(found.value for found in measures.values_of(CALLBACKS_FAILED)))
    if failed >= limits["callbacks_failed"]:
        yield Condition(
            "callbacks",
            "failed",
            f"近 10 分钟有 {failed} 个回调处理失败",
            details={"failed": failed},
        )
    oldest = max((found.value for found in measures.values_of(CALLBACKS_AGE)), default=0)
    if oldest > limits["callbacks_seconds"]:
        yield Condition(
            "callbacks",
            "waiting",
            f"有回调等待处理已 {oldest:.0f} 秒",
            details={"oldest_seconds": round(oldest)},
        )
