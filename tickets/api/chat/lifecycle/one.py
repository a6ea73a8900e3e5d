"""One chat, as its caller sees it."""

from rest_framework import status
from rest_framework.response import Response

from config.errors import NotFoundError
from customers.actors import Actor
from tickets.api.chat.chat import ChatSerializer, CustomerChatSerializer
from tickets.chat.assignment.queue import place_of
from tickets.chat.lifecycle.queries import chats_for
from tickets.models import ChatStatus


def chat_shown(pk: int, actor: Actor, code: int = status.HTTP_200_OK) -> Response:
    """Raises `NotFoundError` when it is not within the caller's view."""
    chat = chats_for(actor).filter(pk=pk).first()
    if chat is None:
        raise NotFoundError(f"找不到会话 {pk}")
    if chat.status == ChatStatus.QUEUED:
        chat.place = place_of(chat)  # type: ignore[attr-defined]
    serializer = ChatSerializer if actor.is_team else CustomerChatSerializer
    return Response(serializer(chat).data, status=code)
