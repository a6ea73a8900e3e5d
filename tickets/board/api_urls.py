"""Calls of the board."""

from django.urls import path

from tickets.board.api import BoardView, BulkView

urlpatterns = [
    path("tickets/board", BoardView.as_view()),
    path("tickets/bulk", BulkView.as_view()),
]
