"""Ticket calls, area by area; no trailing slashes (contract.md §4)."""

from django.urls import include, path

urlpatterns = [
    path("", include("tickets.board.api_urls")),
    path("", include("tickets.api.chat.urls")),
    path("", include("tickets.api.assistant.urls")),
    path("", include("tickets.api.desk.urls")),
    path("", include("tickets.api.history.urls")),
    path("", include("tickets.api.sla.urls")),
    path("", include("tickets.api.dispatch.urls")),
    path("", include("tickets.api.reminders.urls")),
    path("", include("tickets.api.relations.urls")),
    path("", include("tickets.api.customer_side.urls")),
    path("", include("tickets.api.tickets.urls")),
]
