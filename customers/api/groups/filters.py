"""Filters of the list of customer groups."""

import django_filters
from django.db.models import Q, QuerySet

from config.api.camel_case import CamelCaseQuery
from config.whole_number import whole_number
from customers.api.staff_field import MAX_ID
from customers.models import CustomerGroup, GroupStatus


class GroupFilter(CamelCaseQuery, django_filters.FilterSet):
    keyword = django_filters.CharFilter(
        method="filter_keyword", max_length=100, label="群名或公告中的文字"
    )
    owner = django_filters.CharFilter(
        method="filter_owner", max_length=150, label="群主的 id、用户名或企业微信账号"
    )
    tag = django_filters.NumberFilter(
        method="filter_tag", min_value=1, max_value=MAX_ID, label="标签 id"
    )
    status = django_filters.ChoiceFilter(choices=GroupStatus.choices)

    class Meta:
        model = CustomerGroup
        fields: list[str] = []

    def filter_keyword(
        self, groups: QuerySet[CustomerGroup], name: str, value: str
    ) -> QuerySet[CustomerGroup]:
        return groups.filter(Q(name__icontains=value) | Q(notice__icontains=value))

    def filter_owner(
        self, groups: QuerySet[CustomerGroup], name: str, value: str
    ) -> QuerySet[CustomerGroup]:
        wanted = Q(owner_userid=value) | Q(owner__username=value)
        if (number := whole_number(value)) is not None:
            wanted |= Q(owner=number)
        return groups.filter(wanted)

    def filter_tag(
        self, groups: QuerySet[CustomerGroup], name: str, value: int
    ) -> QuerySet[CustomerGroup]:
        return groups.filter(
            pk__in=CustomerGroup.tags.through.objects.filter(tag_id=int(value)).values(
                "customergroup_id"
            )
        )
