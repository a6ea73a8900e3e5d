"""By what the admin's customer list is narrowed."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from config.whole_number import whole_number
from customers.actors import Entry, actor_for
from customers.models import Customer, CustomerStatus, CustomerTag, Tag, User
from customers.visibility import deleted_customers_visible_to

Choices = list[tuple[str, str]]


class TagFilter(admin.SimpleListFilter):
    title = "标签"
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        tags = Tag.objects.select_related("group").order_by("group__order", "group_id", "order")
        return [
            (str(tag.pk), f"{tag.group.name} / {tag.name}" if tag.group else tag.name)
            for tag in tags
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        tag = whole_number(self.value() or "")
        if tag is None:
            return queryset
        carried = CustomerTag.objects.filter(tag=tag, customer=OuterRef("pk"))
        return queryset.filter(Exists(carried))


class StandingFilter(admin.SimpleListFilter):
    """Deleted ones are administrators' to see, and to bring back."""

    title = "状态"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        assert isinstance(request.user, User)
        sees_all = actor_for(request.user, Entry.ADMIN).sees_all
        return [
            (str(value), str(label))
            for value, label in CustomerStatus.choices
            if sees_all or value != CustomerStatus.DELETED
        ] + [("blocked", "已拉黑")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        assert isinstance(request.user, User)
        value = self.value()
        if value == "blocked":
            return queryset.filter(blocked_at__isnull=False)
        if value == str(int(CustomerStatus.DELETED)):
            return deleted_customers_visible_to(actor_for(request.user, Entry.ADMIN))
        known = {str(int(status)): status for status in CustomerStatus}
        return queryset.filter(status=known[value]) if value in known else queryset
