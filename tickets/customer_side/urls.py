"""Pages without a login: the form, the secure page."""

from django.urls import path

from tickets.customer_side.pages import FilePage, RatePage, ReopenPage, ReplyPage, TicketPage
from tickets.customer_side.submit_page import SubmitPage

urlpatterns = [
    path("submit/", SubmitPage.as_view(), name="submit"),
    path("t/<str:token>", TicketPage.as_view(), name="ticket-page"),
    path("t/<str:token>/reply", ReplyPage.as_view(), name="ticket-page-reply"),
    path("t/<str:token>/rate", RatePage.as_view(), name="ticket-page-rate"),
    path("t/<str:token>/reopen", ReopenPage.as_view(), name="ticket-page-reopen"),
    path("t/<str:token>/files/<id:file_id>", FilePage.as_view(), name="ticket-page-file"),
]
