"""The customers' calls arrive with the customer room's own API; see tickets for the summary."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
