"""Personal data on request (PIPL) (contract.md §3)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
