"""Filters of the ticket list (contract.md §4)."""

import django_filters
from django.db.models import Q, QuerySet

from customers.api.actor import actor_of
from tickets.desk.ticket_search import matching
from tickets.models import Priority, Ticket
from tickets.queries.tickets import tickets_overdue
from tickets.states import TicketStatus


class TicketFilter(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=TicketStatus.choices)
    priority = django_filters.MultipleChoiceFilter(choices=Priority.choices)
    assignee = django_filters.CharFilter(method="filter_assignee", max_length=150)
    customer = django_filters.NumberFilter(
        field_name="customer_id", min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    overdue = django_filters.BooleanFilter(method="filter_overdue")
    keyword = django_filters.CharFilter(method="filter_keyword", max_length=100)

    class Meta:
        model = Ticket
        fields: list[str] = []

    def filter_assignee(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return tickets.filter(Q(assignee__wecom_user_id=value) | Q(assignee__username=value))

    def filter_overdue(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        return tickets_overdue(tickets, overdue=value)

    def filter_keyword(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return matching(tickets, value, actor_of(self.request))
