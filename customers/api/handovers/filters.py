"""Filters of cases and of their items."""

import django_filters

from config.api.camel_case import CamelCaseQuery
from customers.models import Handover, HandoverItem, HandoverReason, HandoverState, HandoverStatus


class HandoverFilter(CamelCaseQuery, django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=HandoverStatus.choices)
    reason = django_filters.ChoiceFilter(choices=HandoverReason.choices)

    class Meta:
        model = Handover
        fields: list[str] = []


class ItemFilter(CamelCaseQuery, django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=HandoverState.choices)

    class Meta:
        model = HandoverItem
        fields: list[str] = []
