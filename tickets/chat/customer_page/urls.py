"""`/chat/`."""

from django.urls import path

from tickets.chat.customer_page.page import ChatPage, LeavePage, PhonePage, StartPage, TicketPage

urlpatterns = [
    path("chat/", ChatPage.as_view(), name="chat"),
    path("chat/start", StartPage.as_view(), name="chat-start"),
    path("chat/phone", PhonePage.as_view(), name="chat-phone"),
    path("chat/tickets/<id:pk>", TicketPage.as_view(), name="chat-ticket"),
    path("chat/leave", LeavePage.as_view(), name="chat-leave"),
]
