"""Filters of the project list."""

import django_filters
from django.db.models import Q, QuerySet

from config.api.filters import MomentFilter
from customers.models import Project, ProjectStatus, Stage
from customers.queries.projects import projects_matching


class ProjectFilter(django_filters.FilterSet):
    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices, distinct=False)
    status = django_filters.MultipleChoiceFilter(choices=ProjectStatus.choices, distinct=False)
    owner = django_filters.CharFilter(method="filter_member", max_length=150)
    engineer = django_filters.CharFilter(method="filter_member", max_length=150)
    customer = django_filters.NumberFilter(
        field_name="customer_id", min_value=1, max_value=2**63 - 1, decimal_places=0
    )
    product = django_filters.CharFilter(field_name="product", max_length=100)
    keyword = django_filters.CharFilter(method="filter_keyword", max_length=100)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Project
        fields: list[str] = []

    def filter_member(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """By WeCom user id or user name."""
        return rows.filter(
            Q(**{f"{name}__wecom_user_id": value}) | Q(**{f"{name}__username": value})
        )

    def filter_keyword(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        return projects_matching(rows, value)
