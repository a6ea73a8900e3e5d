"""Saved filters and tagging rules (contract.md §3)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
