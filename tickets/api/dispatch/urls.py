"""Dispatch and presence."""

from django.urls import path

from tickets.api.dispatch import views

urlpatterns = [
    path("agents", views.AgentsView.as_view()),
    path("agents/me/presence", views.OwnPresenceView.as_view()),
    path("tickets/<id:pk>/dispatch", views.DispatchView.as_view()),
    path("tickets/<id:pk>/dispatches", views.DispatchesView.as_view()),
]
