"""Live chat's calls; no trailing slashes."""

from django.urls import include, path

urlpatterns = [
    path("", include("tickets.api.chat.assignment.urls")),
    path("", include("tickets.api.chat.messages.urls")),
    path("", include("tickets.api.chat.entries.urls")),
    path("", include("tickets.api.chat.lifecycle.urls")),
    path("", include("tickets.api.chat.statistics.urls")),
]
