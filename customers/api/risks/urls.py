"""Who may be lost (contract.md §3)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
