"""What tickets tell about the risk of losing a customer (registered from `ready()`)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, OuterRef, Subquery

from customers.risk.rules import RiskRules
from customers.risk.signals import Reason, register_signal
from customers.risk.standing import day
from customers.risk.triggers import reassess_after
from tickets.models import EventKind, Ticket, TicketEvent, TicketRating, Visibility
from tickets.states import FINISHED, OPEN

LABELS = {
    "ticket_overdue": "工单超时",
    "ticket_reopened": "工单重开",
    "ticket_unanswered": "回复未处理",
    "ticket_low_rating": "低分评价",
}
OVERDUE_POINTS, MOST_OVERDUE = 10, 2
REOPENED_POINTS, REOPENED_SINCE = 10, timedelta(days=30)
UNANSWERED_POINTS, UNANSWERED_AFTER = 15, timedelta(hours=24)
LOW_POINTS, LOW_SCORE, LOW_SINCE = 15, 2, timedelta(days=30)


def register() -> None:
    register_signal(overdue, LABELS)
    register_signal(reopened, {})
    register_signal(unanswered, {})
    register_signal(rated_low, {})
    # What begins, answers or ends a wait; overdue is noticed at night.
    reassess_after(
        *(f"ticket.{name}" for name in ("created", "replied", "rated", "processing", "pending")),
        *(f"ticket.{status.value}" for status in FINISHED),
    )


def overdue(
    customer_ids: Sequence[int], rules: RiskRules, now: datetime
) -> Iterable[tuple[int, Reason]]:
    """Open tickets behind their deadline."""
    rows = (
        Ticket.objects.filter(customer_id__in=customer_ids, status__in=OPEN, deadline__lt=now)
        .order_by()
        .values_list("customer_id")
        .annotate(Count("id"), Min("deadline"))
    )
    for customer_id, count, deadline in rows:
        points = OVERDUE_POINTS * min(count, MOST_OVERDUE)
        evidence = f"{count} 个工单已超时，最早应于 {day(deadline)} 完成"
        yield customer_id, Reason("ticket_overdue", points, evidence, deadline)


def reopened(
    customer_ids: Sequence[int], rules: RiskRules, now: datetime
) -> Iterable[tuple[int, Reason]]:
    """Tickets that were finished and were not."""
    rows = (
        TicketEvent.objects.filter(
            ticket__customer_id__in=customer_ids,
            kind=EventKind.STATUS,
            from_value__in=FINISHED,
            to_value__in=OPEN,
            created_at__gte=now - REOPENED_SINCE,
        )
        .order_by()
        .values_list("ticket__customer_id")
        .annotate(Count("id"), Max("created_at"))
    )
    for customer_id, count, at in rows:
        evidence = f"近 {REOPENED_SINCE.days} 天工单重开 {count} 次，最近一次 {day(at)}"
        yield customer_id, Reason("ticket_reopened", REOPENED_POINTS, evidence, at)


def unanswered(
    customer_ids: Sequence[int], rules: RiskRules, now: datetime
) -> Iterable[tuple[int, Reason]]:
    """Open tickets whose last public word is the customer's, a day old or more."""
    replies = TicketEvent.objects.filter(kind=EventKind.REPLY, visibility=Visibility.PUBLIC)
    last = replies.filter(ticket=OuterRef("ticket")).order_by("-sequence").values("pk")[:1]
    rows = (
        replies.filter(
            ticket__customer_id__in=customer_ids,
            ticket__status__in=OPEN,
            is_from_customer=True,
            created_at__lt=now - UNANSWERED_AFTER,
        )
        .filter(pk=Subquery(last))
        .order_by()
        .values_list("ticket__customer_id")
        .annotate(Count("id"), Min("created_at"))
    )
    for customer_id, count, at in rows:
        hours = int((now - at).total_seconds() // 3600)
        evidence = f"{count} 个工单的客户回复无人答复，最早的已等 {hours} 小时（{day(at)}）"
        yield customer_id, Reason("ticket_unanswered", UNANSWERED_POINTS, evidence, at)


def rated_low(
    customer_ids: Sequence[int], rules: RiskRules, now: datetime
) -> Iterable[tuple[int, Reason]]:
    """Solutions that the customer was not content with; a better word later does not unsay it."""
    rows = (
        TicketRating.objects.filter(
            ticket__customer_id__in=customer_ids,
            score__lte=LOW_SCORE,
            created_at__gte=now - LOW_SINCE,
        )
        .order_by()
        .values_list("ticket__customer_id")
        .annotate(Count("id"), Min("score"), Max("created_at"))
    )
    for customer_id, count, lowest, at in rows:
        evidence = (
            f"近 {LOW_SINCE.days} 天 {count} 次低分评价，最低 {lowest} 分，最近一次 {day(at)}"
        )
        yield customer_id, Reason("ticket_low_rating", LOW_POINTS, evidence, at)
