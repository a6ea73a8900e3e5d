"""`/api/customer-service/chats/{id}/messages/{mid}`: a draft dropped, a failed message sent again."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.api.chat.chat import ChatMessageSerializer
from tickets.chat.entries import drafts

TEAM = Rule(STAFF)


class DraftView(APIView):
    """`DELETE`: what waits for the send budget, or for the message before it, is not sent."""

    permission_classes = [HasAccess]
    access = {"delete": TEAM}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, message_id: int) -> Response:
        drafts.message_cancel(chat_id=pk, message_id=message_id, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResendView(IdempotentPosts):
    """`POST …/resend`: 409 for one that has not failed."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=None, responses=ChatMessageSerializer)
    def post(self, request: Request, pk: int, message_id: int) -> Response:
        message = drafts.message_resend(chat_id=pk, message_id=message_id, actor=actor_of(request))
        return Response(ChatMessageSerializer(message, context={"is_team": True}).data)
