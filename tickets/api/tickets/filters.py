"""Filters of the ticket list (contract.md §4)."""

import django_filters
from django.db.models import Q, QuerySet

from config.api.filters import MomentFilter, YesNoFilter
from customers.api.actor import actor_of
from customers.models import User
from tickets.desk.ticket_search import matching
from tickets.models import Priority, SlaState, Ticket, TicketWatcher
from tickets.queries.tickets import tickets_overdue
from tickets.states import TicketStatus


class TicketFilter(django_filters.FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=TicketStatus.choices, distinct=False)
    priority = django_filters.MultipleChoiceFilter(choices=Priority.choices, distinct=False)
    assignee = django_filters.CharFilter(method="filter_assignee", max_length=150)
    customer = django_filters.NumberFilter(
        field_name="customer_id", min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    product = django_filters.CharFilter(field_name="product", max_length=100)
    project = django_filters.NumberFilter(
        field_name="project_id", min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    sla_state = django_filters.MultipleChoiceFilter(choices=SlaState.choices, distinct=False)
    waiting = YesNoFilter(field_name="waiting_since", lookup_expr="isnull", exclude=True)
    watching = YesNoFilter(method="filter_watching")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    overdue = YesNoFilter(method="filter_overdue")
    keyword = django_filters.CharFilter(method="filter_keyword", max_length=100)

    class Meta:
        model = Ticket
        fields: list[str] = []

    def filter_assignee(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return tickets.filter(Q(assignee__wecom_user_id=value) | Q(assignee__username=value))

    def filter_watching(
        self, tickets: QuerySet[Ticket], name: str, value: bool
    ) -> QuerySet[Ticket]:
        """Those that the caller follows; an API key follows none."""
        user_id = self.request.user.pk if isinstance(self.request.user, User) else None
        following = Q(pk__in=TicketWatcher.objects.filter(user=user_id).values("ticket"))
        return tickets.filter(following) if value else tickets.exclude(following)

    def filter_overdue(self, tickets: QuerySet[Ticket], name: str, value: bool) -> QuerySet[Ticket]:
        return tickets_overdue(tickets, overdue=value)

    def filter_keyword(self, tickets: QuerySet[Ticket], name: str, value: str) -> QuerySet[Ticket]:
        return matching(tickets, value, actor_of(self.request))
