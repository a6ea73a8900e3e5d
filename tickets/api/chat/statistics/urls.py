"""Calls of `tickets.chat.statistics`."""

from django.urls import path

from tickets.api.chat.statistics import views

urlpatterns = [
    path("customer-service/statistics/overview", views.OverviewView.as_view()),
    path("customer-service/statistics/hours", views.HoursView.as_view()),
    path("customer-service/statistics/agents", views.AgentsView.as_view()),
]
