"""Pages of tickets outside the admin (contract.md §9), area by area."""

from django.urls import include, path

from tickets.chat.statistics.page import statistics

urlpatterns = [
    path("", include("tickets.customer_side.urls")),
    path("console/statistics/", statistics, name="console-chat-statistics"),
    path("", include("tickets.chat.customer_page.urls")),
    path("console/", include("tickets.board.urls")),
]
