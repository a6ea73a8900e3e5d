"""Dispatch and presence (contract.md §4)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
