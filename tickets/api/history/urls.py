"""Similar tickets, reports, processing times (contract.md §4)."""

from django.urls import path

from tickets.api.history import views as v

urlpatterns = [
    path("tickets/similar", v.SimilarToTextView.as_view()),
    path("tickets/<id:pk>/similar", v.SimilarView.as_view()),
    path("tickets/<id:pk>/times", v.TimesView.as_view()),
]
