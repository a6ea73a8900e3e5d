"""The assistant's calls; no trailing slashes."""

from django.urls import include, path

urlpatterns = [
    path("", include("tickets.api.assistant.routing.urls")),
    path("", include("tickets.api.assistant.knowledge.urls")),
    path("", include("tickets.api.assistant.learning.urls")),
]
