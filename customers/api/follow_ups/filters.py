"""Filters of the task list."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from config.api.camel_case import CamelCaseQuery
from customers.models import FollowUpTask, TaskStatus

DUE = (("overdue", "已到期"), ("today", "今天及以前"), ("week", "七天内"))


class TaskFilter(CamelCaseQuery, django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=TaskStatus.choices, distinct=False)
    due = django_filters.ChoiceFilter(choices=DUE, method="filter_due")
    customer = django_filters.NumberFilter(
        field_name="customer_id", min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    owner = django_filters.CharFilter(method="filter_owner", max_length=150)

    class Meta:
        model = FollowUpTask
        fields: list[str] = []

    def filter_due(self, rows: QuerySet[FollowUpTask], name: str, value: str) -> Any:
        """Open ones only: what is done is due no more."""
        now = timezone.localtime()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        until = {
            "overdue": now,
            "today": midnight + timedelta(days=1),
            "week": midnight + timedelta(days=7),
        }
        return rows.filter(status=TaskStatus.OPEN, due_at__lt=until[value])

    def filter_owner(self, rows: QuerySet[FollowUpTask], name: str, value: str) -> Any:
        """By WeCom user id or user name."""
        return rows.filter(Q(owner__wecom_user_id=value) | Q(owner__username=value))
