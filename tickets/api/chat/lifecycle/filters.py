"""Filters of the team's list of chats."""

import django_filters
from django.db.models import Q, QuerySet

from config.api.filters import MomentFilter, YesNoFilter
from customers.models import Customer, User
from customers.search import matching
from tickets.models import Chat, ChatStatus


class ChatFilter(django_filters.FilterSet):
    # DISTINCT would make `last_message` of every chat for one page.
    status = django_filters.MultipleChoiceFilter(choices=ChatStatus.choices, distinct=False)
    mine = YesNoFilter(method="filter_mine")
    agent = django_filters.CharFilter(method="filter_agent", max_length=150)
    customer = django_filters.NumberFilter(
        field_name="customer_id", min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    entry = django_filters.CharFilter(field_name="entry", max_length=20)
    keyword = django_filters.CharFilter(method="filter_keyword", max_length=100)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Chat
        fields: list[str] = []

    def filter_mine(self, chats: QuerySet[Chat], name: str, value: bool) -> QuerySet[Chat]:
        user_id = self.request.user.pk if isinstance(self.request.user, User) else None
        own = Q(agent=user_id, agent__isnull=False)
        return chats.filter(own) if value else chats.exclude(own)

    def filter_agent(self, chats: QuerySet[Chat], name: str, value: str) -> QuerySet[Chat]:
        return chats.filter(Q(agent__username=value) | Q(agent__wecom_user_id=value))

    def filter_keyword(self, chats: QuerySet[Chat], name: str, value: str) -> QuerySet[Chat]:
        """By the customer's name, phone, company or remark."""
        return chats.filter(customer__in=matching(Customer.objects.all(), value).values("pk"))


class OwnChatFilter(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=ChatStatus.choices, distinct=False)

    class Meta:
        model = Chat
        fields: list[str] = []
