"""Pages without a login: the form, the secure page."""

from django.urls import path

from tickets.customer_side.pages import ticket_page

urlpatterns = [path("t/<str:token>", ticket_page, name="ticket-page")]
