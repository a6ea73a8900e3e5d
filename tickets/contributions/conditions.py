"""What conditions over customers may ask of their tickets (registered from `ready()`)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from customers.conditions import Field, Param, register_field
from customers.conditions.columns import (
    count_of,
    exists,
    flag_of,
    latest_of,
    number_column,
    set_of,
    since,
    text_of,
)
from customers.conditions.fields import DAYS, choices_of
from customers.conditions.kinds import Kind
from customers.conditions.language import Leaf
from tickets.models import Priority, Ticket, TicketRating
from tickets.states import OPEN, TicketStatus

GROUP = "工单"
NARROWING = (
    Param("priority", "优先级", Kind.CHOICE, choices=choices_of(Priority)),
    Param("product", "产品", Kind.TEXT),
)


def register() -> None:
    open_tickets = Ticket.objects.filter(status__in=OPEN)
    number, moment = Kind.INTEGER, Kind.DATE
    for field in (
        Field("tickets.open", "未完成工单数", GROUP, number, count_of(_open), params=NARROWING),
        Field(
            "tickets.count",
            "新建工单数",
            GROUP,
            number,
            count_of(_recent),
            params=(
                DAYS,
                *NARROWING,
                Param("status", "状态", Kind.CHOICE, choices=choices_of(TicketStatus)),
            ),
        ),
        Field("tickets.last", "最近工单", GROUP, moment, latest_of(_narrowed, "created_at")),
        Field(
            "tickets.overdue",
            "有逾期工单",
            GROUP,
            Kind.FLAG,
            flag_of(lambda now: exists(open_tickets.filter(deadline__lt=now))),
        ),
        Field(
            "tickets.priority",
            "未完成工单的优先级",
            GROUP,
            Kind.SET,
            set_of(open_tickets, "priority"),
            choices=choices_of(Priority),
        ),
        Field("tickets.rating", "最近一次评分", GROUP, number, _last_rating),
        Field(
            "tickets.product",
            "工单产品",
            GROUP,
            Kind.TEXT,
            text_of(Ticket.objects.all(), "product"),
        ),
    ):
        register_field(field)


def _narrowed(leaf: Leaf, now: datetime) -> QuerySet[Ticket]:
    narrowing = {name: value for name, value in leaf.params.items() if name != "days"}
    return Ticket.objects.filter(**narrowing)


def _last_rating(leaf: Leaf, now: datetime) -> Q:
    """The customer's latest word; who never rated has none, which is no number."""
    of_the_same = TicketRating.objects.filter(ticket__customer=OuterRef("ticket__customer"))
    latest = of_the_same.order_by("-created_at", "-pk").values("pk")[:1]
    fitting = TicketRating.objects.filter(number_column("score")(leaf, now))
    return Q(Exists(fitting.filter(ticket__customer=OuterRef("pk"), pk=Subquery(latest))))


def _open(leaf: Leaf, now: datetime) -> QuerySet[Ticket]:
    return _narrowed(leaf, now).filter(status__in=OPEN)


def _recent(leaf: Leaf, now: datetime) -> QuerySet[Ticket]:
    return _narrowed(leaf, now).filter(created_at__gte=since(leaf, now))
