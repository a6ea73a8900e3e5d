"""Taking a sent message back, and changing a sent card; only where the provider can."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import HasAccess
from messaging.actions.recall import message_change_card, message_recall
from messaging.api.access import SENDS
from messaging.api.serializers import MessageSerializer
from messaging.models import Message
from messaging.queries import messages_for_list


class CardChangeSerializer(serializers.Serializer[Any]):
    """One word in place of the buttons, or another card."""

    replace_name = serializers.CharField(max_length=40, required=False)
    card = serializers.DictField(required=False)


class MessageRecallView(APIView):
    """`POST /api/messages/{message_id}/recall`: 409 where it was not sent or cannot be taken back."""

    permission_classes = [HasAccess]
    access = {"post": SENDS}

    @extend_schema(request=None, responses=MessageSerializer)
    def post(self, request: Request, message_id: str) -> Response:
        message = message_recall(message=_message(message_id))
        return Response(MessageSerializer(message).data)


class MessageCardView(APIView):
    """`PUT /api/messages/{message_id}/card`: once for each card."""

    permission_classes = [HasAccess]
    access = {"put": SENDS}

    @extend_schema(request=CardChangeSerializer, responses={204: None})
    def put(self, request: Request, message_id: str) -> Response:
        serializer = CardChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        message_change_card(message=_message(message_id), change=serializer.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _message(message_id: str) -> Message:
    found: Message = get_object_or_404(messages_for_list(), message_id=message_id)
    return found
