"""Messages that have not left yet, or could not; no trailing slashes."""

from django.urls import path

from tickets.api.chat.entries import views

MESSAGE = "customer-service/chats/<id:pk>/messages/<id:message_id>"

urlpatterns = [
    path(MESSAGE, views.DraftView.as_view()),
    path(f"{MESSAGE}/resend", views.ResendView.as_view()),
]
