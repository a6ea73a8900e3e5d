"""What is done about who has a chat: asked for, given, passed on, looked after."""

from tickets.chat.assignment.actions.asking import chat_request
from tickets.chat.assignment.actions.forcing import chat_assign
from tickets.chat.assignment.actions.giving import chat_give, chat_pass_on, queue_look
from tickets.chat.assignment.actions.leaving import ensure_attended, leave_offline
from tickets.chat.assignment.actions.unattended import end_unattended
from tickets.chat.assignment.actions.waiting import assign_waiting, explain_waiting

__all__ = [
    "assign_waiting",
    "chat_assign",
    "chat_give",
    "chat_pass_on",
    "chat_request",
    "end_unattended",
    "ensure_attended",
    "explain_waiting",
    "leave_offline",
    "queue_look",
]
