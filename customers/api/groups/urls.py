"""Customer groups (客户群) (contract.md §3)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
