"""Follow-ups, tasks and plans (contract.md §3)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
