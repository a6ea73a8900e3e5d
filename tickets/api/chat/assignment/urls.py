"""Assignment; no trailing slashes."""

from django.urls import path

from tickets.api.chat.assignment import views

urlpatterns = [
    path("user/customer-service/assign", views.AskView.as_view()),
    path("user/customer-service/queue-status", views.QueueStatusView.as_view()),
    path("customer-service/status", views.StatusView.as_view()),
    path("customer-service/queue", views.QueueView.as_view()),
    path("customer-service/agents", views.AgentsView.as_view()),
    path("customer-service/groups", views.GroupsView.as_view()),
    path("customer-service/chats/<id:pk>/assign", views.AssignView.as_view()),
    path("customer-service/chats/<id:pk>/assignments", views.AssignmentsView.as_view()),
]
