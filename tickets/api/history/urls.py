"""Similar tickets, reports, processing times (contract.md §4)."""

from django.urls import path

from tickets.api.history import reports, views

urlpatterns = [
    path("tickets/similar", views.SimilarToTextView.as_view()),
    path("tickets/statistics", reports.StatisticsView.as_view()),
    path("tickets/<id:pk>/similar", views.SimilarView.as_view()),
    path("tickets/<id:pk>/times", views.TimesView.as_view()),
    path("customers/<id:customer_id>/tickets/report", reports.ServiceReportView.as_view()),
]
