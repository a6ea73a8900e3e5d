"""Staff pages under /console/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
