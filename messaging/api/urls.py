"""Message calls (contract.md §2)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
