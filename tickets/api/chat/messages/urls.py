"""What is said in chats, from both sides; no trailing slashes."""

from django.urls import path

from tickets.api.chat.messages import customer_views as own
from tickets.api.chat.messages import team_views as team

TEAM = "customer-service/chats/<id:pk>"
OWN = "user/customer-service/chats/<id:pk>"

urlpatterns = [
    path(f"{TEAM}/messages", team.TeamMessagesView.as_view()),
    path(f"{TEAM}/messages/<id:message_id>/recall", team.TeamRecallView.as_view()),
    path(f"{TEAM}/messages/<id:message_id>/mark-read", team.TeamMarkReadView.as_view()),
    path(f"{TEAM}/read", team.TeamReadView.as_view()),
    path(f"{TEAM}/notes", team.NotesView.as_view()),
    path(f"{TEAM}/files", team.TeamFilesView.as_view()),
    path(f"{TEAM}/files/<id:file_id>", team.TeamFileView.as_view()),
    path(f"{OWN}/messages", own.OwnMessagesView.as_view()),
    path(f"{OWN}/messages/<id:message_id>/recall", own.OwnRecallView.as_view()),
    path(f"{OWN}/messages/<id:message_id>/mark-read", own.OwnMarkReadView.as_view()),
    path(f"{OWN}/read", own.OwnReadView.as_view()),
    path(f"{OWN}/files", own.OwnFilesView.as_view()),
    path(f"{OWN}/files/<id:file_id>", own.OwnFileView.as_view()),
]
