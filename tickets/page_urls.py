"""Pages of tickets outside the admin (contract.md §9), area by area."""

from django.urls import include, path

urlpatterns = [
    path("", include("tickets.customer_side.urls")),
    path("console/", include("tickets.board.urls")),
]
