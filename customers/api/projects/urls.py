"""Projects and the sales report (contract.md §3)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
