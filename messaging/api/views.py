"""`/api/messages…`: accepting messages, and looking at what became of them (contract.md §2)."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, HasAccess, Rule
from customers.api.actor import actor_of
from messaging.actions.send import Options, batch_send, message_send, template_active
from messaging.api import serializers as s
from messaging.models import Message, MessageBatch, MessageTemplate
from messaging.queries import batch_progress, messages_for_list


class SendView(IdempotentPosts):
    """`POST /api/messages/send`: 202 once the message is durable."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS, Scope.MESSAGES_SEND)}

    @extend_schema(request=s.SendSerializer, responses={202: s.AcceptedSerializer})
    def post(self, request: Request) -> Response:
        serializer = s.SendSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        message = message_send(
            template=_template(data),
            recipient=data["recipient"],
            variables=data["variables"],
            options=_options(data),
            dedupe_key=data.get("dedupe_key"),
            actor=actor_of(request).user,
        )
        return Response(s.AcceptedSerializer(message).data, status.HTTP_202_ACCEPTED)


class SendBatchView(IdempotentPosts):
    """`POST /api/messages/send-batch`: up to 10,000 recipients."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS, Scope.MESSAGES_SEND)}

    @extend_schema(request=s.SendBatchSerializer, responses={202: s.AcceptedBatchSerializer})
    def post(self, request: Request) -> Response:
        serializer = s.SendBatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        accepted = batch_send(
            template=_template(data),
            addressees=serializer.addressees(),
            options=_options(data),
            actor=actor_of(request).user,
        )
        batch = accepted.batch
        answer = {
            "batch_id": batch.batch_id,
            "total": batch.total + len(accepted.rejected),
            "accepted": batch.total,
            "rejected": accepted.rejected,
            "status_url": f"/api/messages/batches/{batch.batch_id}",
        }
        return Response(s.AcceptedBatchSerializer(answer).data, status.HTTP_202_ACCEPTED)


class BatchView(APIView):
    """`GET /api/messages/batches/{batch_id}`."""

    permission_classes = [HasAccess]
    access = {"get": Rule(ADMINS, Scope.MESSAGES_READ)}

    @extend_schema(responses=s.BatchSerializer)
    def get(self, request: Request, batch_id: str) -> Response:
        batch = get_object_or_404(MessageBatch, batch_id=batch_id)
        return Response(s.BatchSerializer(batch_progress(batch)).data)


class MessageView(APIView):
    """`GET /api/messages/{message_id}`."""

    permission_classes = [HasAccess]
    access = {"get": Rule(ADMINS, Scope.MESSAGES_READ)}

    @extend_schema(responses=s.MessageSerializer)
    def get(self, request: Request, message_id: str) -> Response:
        message: Message = get_object_or_404(messages_for_list(), message_id=message_id)
        return Response(s.MessageSerializer(message).data)


def _template(data: dict[str, Any]) -> MessageTemplate:
    return template_active(template_id=data.get("template_id"), code=data.get("template_code"))


def _options(data: dict[str, Any]) -> Options:
    return Options(
        priority=data["priority"], send_at=data.get("send_at"), expires_at=data.get("expires_at")
    )
