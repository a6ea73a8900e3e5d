"""What the sales report counts, each with one query or two; staff count what they may see."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    FollowUpTask,
    Project,
    ProjectStatus,
    TaskStatus,
    User,
)
from customers.queries.projects import account_of
from customers.queries.risk import customers_at_risk
from customers.queries.sales import SalesReport, sales_report
from customers.visibility import (
    customers_visible_to,
    follow_ups_visible_to,
    projects_visible_to,
    tasks_visible_to,
)
from monitoring.reports.asked import Asked
from monitoring.reports.choices import of_people

OWNER = "owner"


@dataclass(frozen=True)
class New:
    """New customers of a day, a channel and an owner."""

    day: dt.date
    channel: str
    owner: int | None
    count: int


def new_customers(asked: Asked) -> list[New]:
    """As the customers' statistics count growth: also those deleted since, where all are seen."""
    rows = (
        _span(_customers(asked), "created_at", asked)
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "channel", "follow_user")
        .annotate(count=Count("pk"))
    )
    return [New(*row) for row in rows]


def lost_by_day(asked: Asked) -> Counter[dt.date]:
    """Customers who were marked lost; one lost twice on a day is one."""
    events = CustomerEvent.objects.filter(kind=CustomerEventKind.LOST)
    if asked.filters or not asked.actor.sees_all:
        events = events.filter(customer__in=_customers(asked).values("pk"))
    rows = _span(events, "created_at", asked).annotate(day=TruncDate("created_at"))
    return Counter(dict(rows.values_list("day").annotate(n=Count("customer", distinct=True))))


def follow_ups(asked: Asked) -> Counter[tuple[dt.date, int | None]]:
    """By day and by who wrote them."""
    rows = follow_ups_visible_to(asked.actor)
    rows = _of_channel(of_people(rows, asked, OWNER, "author"), asked)
    days = _span(rows, "created_at", asked).annotate(day=TruncDate("created_at"))
    return _pairs(days.values_list("day", "author").annotate(n=Count("pk")))


def tasks_done(asked: Asked) -> Counter[int | None]:
    """By whose they were."""
    done = _span(_tasks(asked).filter(status=TaskStatus.DONE), "done_at", asked)
    return Counter(dict(done.values_list("owner").annotate(n=Count("pk"))))


def tasks_overdue(asked: Asked) -> Counter[int | None]:
    """Open, and past their time now."""
    late = _tasks(asked).filter(status=TaskStatus.OPEN, due_at__lt=timezone.now()).order_by()
    return Counter(dict(late.values_list("owner").annotate(n=Count("pk"))))


def at_risk(asked: Asked) -> Counter[int | None]:
    """By who follows them up."""
    rows = risky(asked).select_related(None).order_by()
    return Counter(dict(rows.values_list("follow_user").annotate(n=Count("pk"))))


def risky(asked: Asked) -> QuerySet[Customer]:
    """Those of the list of warnings, the riskiest first."""
    customers = of_people(customers_at_risk(asked.actor), asked, OWNER, "follow_user")
    channel = asked.filters.get("channel")
    return customers.filter(channel=channel) if channel else customers


def projects_by_day(asked: Asked) -> SalesReport:
    return _projects_by(asked, "day")


def projects_by_owner(asked: Asked) -> SalesReport:
    return _projects_by(asked, "owner")


def open_by_stage(asked: Asked) -> dict[str, tuple[int, Decimal]]:
    """Projects going on now, and what they are worth."""
    rows = _projects(asked).filter(status=ProjectStatus.OPEN).order_by().values_list("stage")
    return {
        stage: (count, amount or Decimal(0))
        for stage, count, amount in rows.annotate(n=Count("pk"), worth=Sum("amount"))
    }


def accounts_of(people: Iterable[int | None]) -> dict[int | None, tuple[str, str]]:
    """Account and name by key."""
    users = User.objects.in_bulk([pk for pk in people if pk])
    return {pk: (account_of(user), user.display_name) for pk, user in users.items()}


def _projects_by(asked: Asked, group_by: str) -> SalesReport:
    span = asked.period
    return sales_report(_projects(asked), first=span.first, last=span.last, group_by=group_by)


def _customers(asked: Asked) -> QuerySet[Customer]:
    everybody = asked.actor.sees_all
    customers = Customer.objects.all() if everybody else customers_visible_to(asked.actor)
    customers = of_people(customers, asked, OWNER, "follow_user")
    channel = asked.filters.get("channel")
    return customers.filter(channel=channel) if channel else customers


def _projects(asked: Asked) -> QuerySet[Project]:
    return _of_channel(of_people(projects_visible_to(asked.actor), asked, OWNER, OWNER), asked)


def _tasks(asked: Asked) -> QuerySet[FollowUpTask]:
    return _of_channel(of_people(tasks_visible_to(asked.actor), asked, OWNER, OWNER), asked)


def _of_channel(rows: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
    channel = asked.filters.get("channel")
    return rows.filter(customer__channel=channel) if channel else rows


def _span(rows: QuerySet[Any], moment: str, asked: Asked) -> QuerySet[Any]:
    span = {f"{moment}__gte": asked.period.start, f"{moment}__lt": asked.period.end}
    return rows.filter(**span).order_by()


def _pairs(rows: Iterable[tuple[Any, Any, int]]) -> Counter[tuple[Any, Any]]:
    return Counter({(one, other): count for one, other, count in rows})
