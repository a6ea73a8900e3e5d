"""Filters of the tag list."""

import django_filters

from config.api.camel_case import CamelCaseQuery
from customers.models import Tag


class TagFilter(CamelCaseQuery, django_filters.FilterSet):
    group_id = django_filters.NumberFilter(min_value=1, max_value=2**63 - 1, decimal_places=0)
    keyword = django_filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=30)

    class Meta:
        model = Tag
        fields: list[str] = []
