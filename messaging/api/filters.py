"""Filters of the message list (contract.md §2), each served by an index."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from config.api.filters import MomentFilter
from config.whole_number import whole_number
from messaging.models import (
    ChannelType,
    Message,
    MessageBatch,
    MessageStatus,
    MessageTemplate,
)
from messaging.models.message import ARRIVED

# States that few messages are in have an index of their own, over a column that tells them.
_IN_TROUBLE = frozenset(
    {MessageStatus.FAILED, MessageStatus.UNCERTAIN, MessageStatus.EXPIRED, MessageStatus.CANCELLED}
)
_BY_RECEIPT = frozenset({MessageStatus.DELIVERED, MessageStatus.READ})


class MessageFilter(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(
        choices=MessageStatus.choices, method="filter_status", distinct=False
    )
    channel = django_filters.MultipleChoiceFilter(choices=ChannelType.choices, distinct=False)
    template = django_filters.CharFilter(method="filter_template", max_length=64)
    batch = django_filters.CharFilter(method="filter_batch", max_length=40)
    recipient = django_filters.CharFilter(field_name="recipient", max_length=1000)
    customer = django_filters.NumberFilter(
        field_name="customer_id", min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Message
        fields: list[str] = []

    def filter_status(
        self, rows: QuerySet[Message], name: str, value: list[str]
    ) -> QuerySet[Message]:
        if not value:
            return rows
        rows = rows.filter(status__in=value)
        wanted = set(value)
        if wanted <= _IN_TROUBLE:
            return rows.exclude(error_code="")
        if wanted <= _BY_RECEIPT and not wanted & (ARRIVED - _BY_RECEIPT):
            return rows.filter(delivered_at__isnull=False)
        return rows

    def filter_template(self, rows: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        """By id or by code."""
        if (number := whole_number(value)) is not None:
            return rows.filter(Q(template_id=number))
        return _of(rows, template=MessageTemplate.objects.filter(code=value))

    def filter_batch(self, rows: QuerySet[Message], name: str, value: str) -> QuerySet[Message]:
        return _of(rows, batch=MessageBatch.objects.filter(batch_id=value))


def _of(rows: QuerySet[Message], **one: QuerySet[Any]) -> QuerySet[Message]:
    """Looked up first: joined, the newest page of an old batch is sought through the whole table."""
    ((name, parents),) = one.items()
    pk = parents.values_list("pk", flat=True).first()
    return rows.none() if pk is None else rows.filter(**{f"{name}_id": pk})
