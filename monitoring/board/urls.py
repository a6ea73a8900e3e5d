"""The monitor's page (contract.md §9)."""

from django.urls import path

from monitoring.board.page import monitor

urlpatterns = [path("", monitor, name="monitor")]
