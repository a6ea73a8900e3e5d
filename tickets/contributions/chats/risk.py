"""What chats tell about the risk of losing a customer (registered from `ready()`)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from customers.risk.rules import RiskRules
from customers.risk.signals import Reason, register_signal
from customers.risk.standing import day
from customers.risk.triggers import reassess_after
from tickets.chat.statistics.figures import LOW_SCORE
from tickets.models import OPEN_CHATS, Chat, EndedBy

LABELS = {
    "chat_low_rating": "会话低分评价",
    "chat_unanswered": "会话无人答复",
    "chat_abandoned": "放弃排队",
}
SINCE = timedelta(days=30)
LOW_POINTS = 15
UNANSWERED_POINTS, UNANSWERED_AFTER = 10, timedelta(hours=1)
ABANDONED_POINTS, MOST_ABANDONED = 5, 3

Found = Iterable[tuple[int, Reason]]


def register() -> None:
    register_signal(rated_low, LABELS)
    register_signal(unanswered, {})
    register_signal(abandoned, {})
    # That somebody has been waiting for long is noticed at night.
    reassess_after("chat.rated", "chat.ended")


def rated_low(customer_ids: Sequence[int], rules: RiskRules, now: datetime) -> Found:
    """Chats that the customer was not content with."""
    rows = (
        Chat.objects.filter(
            customer_id__in=customer_ids, rating_score__lte=LOW_SCORE, rated_at__gte=now - SINCE
        )
        .order_by()
        .values_list("customer_id")
        .annotate(Count("id"), Min("rating_score"), Max("rated_at"))
    )
    for customer_id, count, lowest, at in rows:
        evidence = (
            f"近 {SINCE.days} 天 {count} 次会话低分评价，最低 {lowest} 分，最近一次 {day(at)}"
        )
        yield customer_id, Reason("chat_low_rating", LOW_POINTS, evidence, at)


def unanswered(customer_ids: Sequence[int], rules: RiskRules, now: datetime) -> Found:
    """Open chats whose customer has waited for an answer for an hour or more."""
    rows = (
        Chat.objects.filter(
            customer_id__in=customer_ids,
            status__in=OPEN_CHATS,
            waiting_since__lt=now - UNANSWERED_AFTER,
        )
        .order_by()
        .values_list("customer_id")
        .annotate(Min("waiting_since"))
    )
    for customer_id, at in rows:
        hours = int((now - at).total_seconds() // 3600)
        evidence = f"会话中的客户消息无人答复，已等 {hours} 小时（{day(at)}）"
        yield customer_id, Reason("chat_unanswered", UNANSWERED_POINTS, evidence, at)


def abandoned(customer_ids: Sequence[int], rules: RiskRules, now: datetime) -> Found:
    """They queued, and left before anybody was there."""
    rows = (
        Chat.objects.filter(
            customer_id__in=customer_ids, ended_by=EndedBy.ABANDONED, ended_at__gte=now - SINCE
        )
        .order_by()
        .values_list("customer_id")
        .annotate(Count("id"), Max("ended_at"))
    )
    for customer_id, count, at in rows:
        points = ABANDONED_POINTS * min(count, MOST_ABANDONED)
        evidence = f"近 {SINCE.days} 天 {count} 次排队后离开，最近一次 {day(at)}"
        yield customer_id, Reason("chat_abandoned", points, evidence, at)
