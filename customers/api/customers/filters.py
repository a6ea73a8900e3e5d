"""Filters of the customer list (contract.md §3)."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from rest_framework.exceptions import ValidationError

from config.api.camel_case import CamelCaseQuery
from config.errors import InvalidInputError
from config.whole_number import whole_number
from customers.api.actor import actor_of
from customers.api.staff_field import MAX_ID
from customers.conditions import customers_matching, parse
from customers.models import Customer, CustomerChannel, CustomerStatus, CustomerTag, User
from customers.search import matching
from customers.visibility import segments_visible_to

MAX_TAGS = 20
_CHANNELS = {**{value: value for value in CustomerChannel.values}} | {
    str(label): value for value, label in CustomerChannel.choices
}


class CustomerFilter(CamelCaseQuery, django_filters.FilterSet):
    """`tag` may be repeated: customers with all of them. `status=0` is answered to administrators."""

    keyword = django_filters.CharFilter(method="filter_keyword", max_length=100)
    channel = django_filters.CharFilter(method="filter_channel", max_length=20)
    status = django_filters.ChoiceFilter(choices=CustomerStatus.choices)
    follow_user_id = django_filters.CharFilter(
        method="filter_follow_user",
        max_length=150,
        label="员工的 id、用户名或企业微信账号；none 表示无人跟进",
    )
    tag = django_filters.CharFilter(method="filter_tags", label="标签 id，可重复")
    segment = django_filters.NumberFilter(
        method="filter_segment", min_value=1, max_value=MAX_ID, decimal_places=0, label="分群 id"
    )

    class Meta:
        model = Customer
        fields: list[str] = []

    def filter_keyword(
        self, customers: QuerySet[Customer], name: str, value: str
    ) -> QuerySet[Customer]:
        return matching(customers, value)

    def filter_channel(
        self, customers: QuerySet[Customer], name: str, value: str
    ) -> QuerySet[Customer]:
        if value not in _CHANNELS:
            known = "、".join(CustomerChannel.values)
            raise ValidationError({"channel": f"必须是以下之一：{known}"}, "invalid_choice")
        return customers.filter(channel=_CHANNELS[value])

    def filter_follow_user(
        self, customers: QuerySet[Customer], name: str, value: str
    ) -> QuerySet[Customer]:
        if value == "none":
            return customers.filter(follow_user=None)
        ids = list(
            User.objects.filter(Q(username=value) | Q(wecom_user_id=value)).values_list(
                "pk", flat=True
            )
        )
        return customers.filter(follow_user__in=[*ids, *_as_ids([value])])

    def filter_tags(
        self, customers: QuerySet[Customer], name: str, value: str
    ) -> QuerySet[Customer]:
        asked: Any = self.data
        given = asked.getlist("tag")
        ids = _as_ids(given)
        if len(ids) != len(given) or len(ids) > MAX_TAGS:
            raise ValidationError({"tag": f"必须是标签 id，最多 {MAX_TAGS} 个"}, "invalid")
        for tag_id in set(ids):
            links = CustomerTag.objects.filter(tag=tag_id, customer=OuterRef("pk"))
            customers = customers.filter(Exists(links))
        return customers

    def filter_segment(
        self, customers: QuerySet[Customer], name: str, value: Any
    ) -> QuerySet[Customer]:
        """One's own or the team's; evaluated now."""
        asked: Any = self.request
        segment = segments_visible_to(actor_of(asked)).filter(pk=int(value)).first()
        if segment is None:
            raise ValidationError({"segment": "没有这个分群"}, "not_found")
        try:
            return customers_matching(parse(segment.conditions), customers)
        except InvalidInputError as error:
            raise ValidationError({"segment": error.detail}, error.code) from None


def _as_ids(texts: list[str]) -> list[int]:
    """Those that are ids."""
    return [
        number
        for text in texts
        if (number := whole_number(text, longest=19)) is not None and number <= MAX_ID
    ]
