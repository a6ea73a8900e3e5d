"""Tickets themselves (contract.md §4)."""

from django.urls import path

from tickets.api.tickets.views import TicketSummaryView, TicketViewSet

ticket = TicketViewSet.as_view

urlpatterns = [
    path("tickets", ticket({"get": "list", "post": "create"})),
    path("tickets/<id:pk>", ticket({"get": "retrieve", "patch": "partial_update"})),
    path("tickets/<id:pk>/assign", ticket({"post": "assign"})),
    path("tickets/<id:pk>/reply", ticket({"post": "reply"})),
    path("tickets/<id:pk>/transition", ticket({"post": "transition"})),
    path("tickets/<id:pk>/wait", ticket({"post": "wait"})),
    path("tickets/<id:pk>/resume", ticket({"post": "resume"})),
    path("tickets/<id:pk>/events", ticket({"get": "events"})),
    path("customers/<id:customer_id>/tickets/summary", TicketSummaryView.as_view()),
]
