"""A chat's way, from both sides; no trailing slashes."""

from django.urls import path

from tickets.api.chat.lifecycle import customer_views, views

TEAM = "customer-service/chats"
OWN = "user/customer-service/chats"

urlpatterns = [
    path(TEAM, views.ChatsView.as_view()),
    path(f"{TEAM}/<id:pk>", views.ChatView.as_view()),
    path(f"{TEAM}/<id:pk>/events", views.ChatEventsView.as_view()),
    path(f"{TEAM}/<id:pk>/end", views.ChatEndView.as_view()),
    path(f"{TEAM}/<id:pk>/to-ticket", views.ToTicketView.as_view()),
    path(f"{TEAM}/<id:pk>/transfer", views.TransferView.as_view()),
    path(f"{TEAM}/<id:pk>/reopen", views.ReopenView.as_view()),
    path(f"{TEAM}/<id:pk>/listen", views.ListenView.as_view()),
    path(f"{TEAM}/<id:pk>/whisper", views.WhisperView.as_view()),
    path(f"{TEAM}/<id:pk>/take-over", views.TakeOverView.as_view()),
    path(OWN, customer_views.OwnChatsView.as_view()),
    path(f"{OWN}/<id:pk>", customer_views.OwnChatView.as_view()),
    path(f"{OWN}/<id:pk>/end", customer_views.OwnChatEndView.as_view()),
    path(f"{OWN}/<id:pk>/reopen", customer_views.OwnChatReopenView.as_view()),
    path(f"{OWN}/<id:pk>/rate", customer_views.OwnChatRateView.as_view()),
]
