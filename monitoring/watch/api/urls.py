"""`/api/monitor/…`."""

from django.urls import path

from monitoring.watch.api.incidents import IncidentViewSet

urlpatterns = [path("monitor/incidents", IncidentViewSet.as_view({"get": "list"}))]
