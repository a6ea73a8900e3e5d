"""The sales report: what was opened, sold, lost, in a span of days (contract.md §3).

Three queries, however long the span: what was opened in it (the cohort, by its present stage), what
was sold in it, and what was lost in it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import Project, ProjectStatus, Stage, User

MAX_ROWS = 500
ZERO = Decimal(0)
_WON = Q(won_at__isnull=False)
_DELIVERED = Q(delivered_at__isnull=False)


@dataclass
class Figure:
    count: int = 0
    amount: Decimal = ZERO

    def add(self, count: int, amount: Decimal | None) -> None:
        self.count += count
        self.amount += amount or ZERO


@dataclass
class Row:
    """One day, owner or product; `stages` divides what was created by its present stage."""

    key: str
    label: str
    created: Figure = field(default_factory=Figure)
    stages: dict[str, Figure] = field(
        default_factory=lambda: {stage.value: Figure() for stage in Stage}
    )
    won: Figure = field(default_factory=Figure)
    lost: Figure = field(default_factory=Figure)
    # Of those created in the span: how many have been sold and delivered by now.
    created_won: int = 0
    created_delivered: int = 0

    def add(self, other: "Row") -> None:
        pairs = [(self.created, other.created), (self.won, other.won), (self.lost, other.lost)]
        pairs += [(self.stages[stage], other.stages[stage]) for stage in self.stages]
        for mine, theirs in pairs:
            mine.add(theirs.count, theirs.amount)
        self.created_won += other.created_won
        self.created_delivered += other.created_delivered

    @property
    def conversion(self) -> dict[str, float | None]:
        """Shares from 0 to 1; None where there is nothing to divide by.

        The first two follow those created in the span; `win_rate` is what was sold in the span of
        all that was decided in it.
        """
        return {
            "presale_to_insale": _share(self.created_won, self.created.count),
            "insale_to_aftersale": _share(self.created_delivered, self.created_won),
            "win_rate": _share(self.won.count, self.won.count + self.lost.count),
        }


@dataclass(frozen=True)
class SalesReport:
    """`rows` of days are in order and complete; others by what was sold, the largest first."""

    first: dt.date
    last: dt.date
    group_by: str
    totals: Row
    rows: list[Row]
    is_truncated: bool


def sales_report(
    projects: QuerySet[Project], *, first: dt.date, last: dt.date, group_by: str
) -> SalesReport:
    """Both days included; `group_by` is `day`, `owner` or `product`."""
    start, end = _midnight(first), _midnight(last + dt.timedelta(days=1))
    rows: dict[Any, Row] = {}
    if group_by == "day":
        days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
        rows = {day: Row(day.isoformat(), day.isoformat()) for day in days}
    _add_created(rows, _span(projects, "created_at", start, end), group_by)
    _add_plain(rows, _span(projects, "won_at", start, end), group_by, "won_at", "won")
    lost = _span(projects.filter(status=ProjectStatus.LOST), "closed_at", start, end)
    _add_plain(rows, lost, group_by, "closed_at", "lost")
    if group_by == "owner":
        _name_owners(rows)
    totals = Row("total", "合计")
    for row in rows.values():
        totals.add(row)
    listed = list(rows.values())
    if group_by != "day":
        listed.sort(key=lambda row: (-row.won.amount, -row.created.amount, row.label))
    return SalesReport(first, last, group_by, totals, listed[:MAX_ROWS], len(listed) > MAX_ROWS)


def _add_created(rows: dict[Any, Row], created: QuerySet[Project], group_by: str) -> None:
    figures: dict[str, Any] = {"n": Count("pk"), "total": Sum("amount")}
    for stage in Stage:
        at = Q(stage=stage)
        figures |= {f"n_{stage}": Count("pk", filter=at), f"a_{stage}": Sum("amount", filter=at)}
    figures["sold"] = Count("pk", filter=_WON)
    figures["delivered"] = Count("pk", filter=_WON & _DELIVERED)
    for found in _grouped(created, group_by, "created_at").annotate(**figures):
        row = _row(rows, found["key"])
        row.created.add(found["n"], found["total"])
        for stage in Stage:
            row.stages[stage.value].add(found[f"n_{stage}"], found[f"a_{stage}"])
        row.created_won += found["sold"]
        row.created_delivered += found["delivered"]


def _add_plain(
    rows: dict[Any, Row], projects: QuerySet[Project], group_by: str, moment: str, name: str
) -> None:
    figures = {"n": Count("pk"), "total": Sum("amount")}
    for found in _grouped(projects, group_by, moment).annotate(**figures):
        figure: Figure = getattr(_row(rows, found["key"]), name)
        figure.add(found["n"], found["total"])


def _grouped(projects: QuerySet[Project], group_by: str, moment: str) -> Any:
    keys: dict[str, Any] = {
        "day": TruncDate(moment, output_field=DateField()),
        "owner": F("owner_id"),
        "product": F("product"),
    }
    return projects.order_by().annotate(key=keys[group_by]).values("key")


def _row(rows: dict[Any, Row], key: Any) -> Row:
    if key not in rows:
        rows[key] = Row("" if key is None else str(key), "" if key is None else str(key))
        rows[key].label = rows[key].label or "未填写"
    return rows[key]


def _name_owners(rows: dict[Any, Row]) -> None:
    names = {user.pk: user for user in _people(rows)}
    for pk, row in rows.items():
        user = names.get(pk)
        row.key = (user.wecom_user_id or user.username) if user else ""
        row.label = user.display_name if user else "无负责人"


def _people(rows: Iterable[Any]) -> QuerySet[User]:
    return User.objects.filter(pk__in=[pk for pk in rows if pk is not None])


def _span(
    projects: QuerySet[Project], moment: str, start: dt.datetime, end: dt.datetime
) -> QuerySet[Project]:
    return projects.filter(**{f"{moment}__gte": start, f"{moment}__lt": end})


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
