"""Canned replies, checklists, custom fields, saved views, search (contract.md §4)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
