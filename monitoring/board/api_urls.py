"""The monitor's calls."""

from django.urls import path

from monitoring.board.api import SnapshotView

urlpatterns = [path("monitor/snapshot", SnapshotView.as_view(), name="monitor-snapshot")]
