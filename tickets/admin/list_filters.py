"""By what the admin's ticket list is narrowed."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RangeDateFilter

from config.errors import InvalidInputError
from config.whole_number import whole_number
from customers.models import User
from customers.queries.staff import team_members
from tickets.chat.entries import registry
from tickets.history.period import Period, asked_period
from tickets.models import Ticket, TicketRating
from tickets.states import OPEN

Choices = list[tuple[str, str]]
SHOWN_PRODUCTS = 50
LOW_SCORE = 2
NOBODY, MYSELF, NO_PRODUCT = "nobody", "me", "-"


class EntryFilter(admin.SimpleListFilter):
    title = "入口"
    parameter_name = "entry"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(code, registry.label(code)) for code in registry.codes()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(entry=value) if value in registry.codes() else queryset


class WaitingFilter(admin.SimpleListFilter):
    title = "等待"
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("customer", "等待客户回复"), ("team", "客户在等我们")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        if self.value() == "customer":
            return queryset.filter(waiting_since__isnull=False)
        if self.value() == "team":
            return queryset.filter(unanswered_since__isnull=False, status__in=OPEN)
        return queryset


class AssigneeFilter(admin.SimpleListFilter):
    """Oneself, nobody, or a colleague; never the customers' logins."""

    title = "负责人"
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        people = team_members().order_by("name", "pk")
        return [
            (MYSELF, "我"),
            (NOBODY, "未分配"),
            *[(str(person.pk), person.display_name) for person in people],
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        value = self.value() or ""
        if value == MYSELF:
            assert isinstance(request.user, User)
            return queryset.filter(assignee=request.user)
        if value == NOBODY:
            return queryset.filter(assignee=None)
        if (number := whole_number(value)) is not None:
            return queryset.filter(assignee=number)
        return queryset


class ProductFilter(admin.SimpleListFilter):
    title = "产品"
    parameter_name = "product"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        seen = model_admin.get_queryset(request).exclude(product="").order_by("product")
        products = seen.values_list("product", flat=True).distinct()[:SHOWN_PRODUCTS]
        return [*[(product, product) for product in products], (NO_PRODUCT, "未填写")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        value = self.value()
        if not value or "\x00" in value:
            return queryset
        return queryset.filter(product="" if value == NO_PRODUCT else value)


class LowRatingFilter(admin.SimpleListFilter):
    title = "满意度"
    parameter_name = "low_rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("1", f"有 {LOW_SCORE} 分及以下的评价")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        if self.value() != "1":
            return queryset
        low = TicketRating.objects.filter(ticket=OuterRef("pk"), score__lte=LOW_SCORE)
        return queryset.filter(Exists(low))


class CreatedFilter(RangeDateFilter):
    """Whole days of the desk's time zone, the last one too."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
        asked = {
            name: self.used_parameters.get(f"{self.parameter_name}_{name}", "")
            for name in ("from", "to")
        }
        if first := parsed_day(asked["from"]):
            queryset = queryset.filter(created_at__gte=Period(first, first).start)
        if last := parsed_day(asked["to"]):
            queryset = queryset.filter(created_at__lt=Period(last, last).end)
        return queryset


def parsed_day(text: str) -> date | None:
    """None for what is no day: a filter narrows or does nothing."""
    try:
        return asked_period({"from": text, "to": text}, default_days=1).first if text else None
    except InvalidInputError:
        return None


# What the ticket list has besides state, priority and deadline.
DESK_FILTERS: list[Any] = [
    "sla_state",
    WaitingFilter,
    AssigneeFilter,
    ProductFilter,
    LowRatingFilter,
    ("created_at", CreatedFilter),
]
