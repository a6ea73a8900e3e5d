"""Links, merges, watchers, attachments (contract.md §4)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
