"""Customers themselves: list, detail, create, edit, owner, block list (contract.md §3)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
