"""Filters of the monitor's lists."""

import django_filters
from django.db.models import QuerySet

from config.api.filters import MomentFilter, YesNoFilter
from monitoring.models import Incident, Severity


class IncidentFilter(django_filters.FilterSet):
    open = YesNoFilter(method="filter_open")
    rule = django_filters.CharFilter(max_length=32)
    severity = django_filters.ChoiceFilter(choices=Severity.choices)
    opened_after = MomentFilter("opened_at", "gte")
    opened_before = MomentFilter("opened_at", "lt")

    class Meta:
        model = Incident
        fields: list[str] = []

    def filter_open(
        self, incidents: QuerySet[Incident], name: str, value: bool
    ) -> QuerySet[Incident]:
        return incidents.filter(closed_at__isnull=value)
