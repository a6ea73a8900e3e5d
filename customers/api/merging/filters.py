"""What the list of merge cases is narrowed by."""

import django_filters

from config.api.camel_case import CamelCaseQuery
from customers.models import MergeCase, MergeReason, MergeStatus


class MergeCaseFilter(CamelCaseQuery, django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=MergeStatus.choices)
    reason = django_filters.ChoiceFilter(choices=MergeReason.choices)

    class Meta:
        model = MergeCase
        fields: list[str] = []
