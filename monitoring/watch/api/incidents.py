"""`GET /api/monitor/incidents`: what is and was wrong with the system itself."""

from typing import Any

from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.viewsets import GenericViewSet

from config.api.permissions import ADMINS, HasAccess, Rule
from monitoring.models import Incident
from monitoring.watch.api.filters import IncidentFilter
from monitoring.watch.conditions import title_of


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    """`alerted_by` is the way the alert went; `subject` which part, queue or channel."""

    title = serializers.SerializerMethodField()
    open = serializers.BooleanField(source="is_open")

    class Meta:
        model = Incident
        fields = (
            "id",
            "rule",
            "title",
            "subject",
            "severity",
            "summary",
            "details",
            "open",
            "opened_at",
            "last_seen_at",
            "closed_at",
            "alerted_at",
            "alerted_by",
            "alerts",
        )

    def get_title(self, incident: Incident) -> str:
        return title_of(incident.rule)


class IncidentViewSet(ListModelMixin, GenericViewSet[Incident]):
    """Newest first."""

    permission_classes = [HasAccess]
    access: dict[str, Any] = {"list": Rule(ADMINS)}
    queryset = Incident.objects.order_by("-opened_at", "-id")
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter
    ordering_fields = ["opened_at", "closed_at"]
