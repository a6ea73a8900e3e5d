"""Similar tickets, reports, processing times (contract.md §4)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
