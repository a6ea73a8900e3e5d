"""Staff pages under /console/."""

from django.urls import path

from tickets.board import pages
from tickets.board.login import StaffLoginView, StaffLogoutView
from tickets.chat.staff_page.pages import chats

urlpatterns = [
    path("", chats, name="console"),
    path("login/", StaffLoginView.as_view(), name="console-login"),
    path("logout/", StaffLogoutView.as_view(), name="console-logout"),
    path("tickets/", pages.board, name="console-board"),
    path("tickets/<id:pk>", pages.ticket, name="console-ticket"),
]
