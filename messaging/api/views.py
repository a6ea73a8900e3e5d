"""`/api/messages…`: accepting messages, and looking at what became of them (contract.md §2)."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.cursor import CursorOrPagePagination
from config.api.idempotency import IdempotentPosts, claim_all
from config.api.permissions import HasAccess
from config.api.rate_limits import RateLimited
from config.errors import InvalidInputError
from customers.api.actor import actor_of
from customers.models import Customer, User
from customers.queries.segments import segment_named
from messaging import tracing
from messaging.actions import batches
from messaging.actions.audience import segment_addressees
from messaging.actions.send import (
    Addressee,
    Options,
    SingleSend,
    batch_send,
    message_compose,
    message_send,
)
from messaging.api import serializers as s
from messaging.api.access import READS, SENDS
from messaging.api.filters import MessageFilter
from messaging.models import Message, MessageBatch
from messaging.models.message import message_id_of
from messaging.queries import batch_progress, messages_for_list
from messaging.sending.group_commit import SINGLE_SENDS, Entry
from messaging.templates_in_use import template_active


class SendView(RateLimited, IdempotentPosts):
    """`POST /api/messages/send`: 202 once the message is durable."""

    permission_classes = [HasAccess]
    access = {"post": SENDS}
    rate_limit_name = "api_send_message"
    claims_itself = True

    @extend_schema(request=s.SendSerializer, responses={202: s.AcceptedSerializer})
    def post(self, request: Request) -> Response:
        serializer = s.SendSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        asked = _single(serializer.validated_data)
        user = actor_of(request).user
        if asked.dedupe_key or asked.template.dedupe_seconds:
            answer = self._deduplicated(asked, user)
        else:
            new = message_compose(asked)
            answer = SINGLE_SENDS.submit(Entry(new, user, self.identity)).answer
        if answer is None and self.identity is not None:
            self.replay(self.identity)
        return Response(answer, status.HTTP_202_ACCEPTED)

    def _deduplicated(self, asked: SingleSend, user: User | None) -> dict[str, Any] | None:
        """The answer; None when this request's idempotency key was taken meanwhile."""
        with transaction.atomic():
            message, is_known = message_send(asked, actor=user)
            by_content = is_known and not asked.dedupe_key
            answer = {
                "message_id": message.message_id,
                "trace_id": message.trace_id,
                "status": "deduplicated" if by_content else message.status,
            }
            if self.identity is None:
                return answer
            body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
            if claim_all([(self.identity, status.HTTP_202_ACCEPTED, body)]):
                return answer
            transaction.set_rollback(True)
        return None


class SendBatchView(RateLimited, IdempotentPosts):
    """`POST /api/messages/send-batch`: up to 10,000 recipients, given or found by a segment."""

    permission_classes = [HasAccess]
    access = {"post": SENDS}
    rate_limit_name = "api_send_batch"

    @extend_schema(request=s.SendBatchSerializer, responses={202: s.AcceptedBatchSerializer})
    def post(self, request: Request) -> Response:
        serializer = s.SendBatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        actor = actor_of(request)
        template = template_active(
            template_id=data.get("template_id"), code=data.get("template_code")
        )
        if "segment_id" in data:
            addressees: Sequence[Addressee] = segment_addressees(
                segment_named(data["segment_id"], actor, attr="segment_id"),
                template=template,
                variables=data["variables"],
                actor=actor,
            )
        else:
            addressees = data["recipients"]
        accepted = batch_send(
            template=template,
            addressees=addressees,
            variables=data["variables"],
            options=_options(data),
            actor=actor.user,
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
    access = {"get": READS}

    @extend_schema(responses=s.BatchSerializer)
    def get(self, request: Request, batch_id: str) -> Response:
        return _progress(_batch(batch_id))


class _BatchAct(APIView, ABC):
    """A POST that does one thing to a batch and answers with the batch."""

    permission_classes = [HasAccess]
    access = {"post": SENDS}

    @extend_schema(request=None, responses=s.BatchSerializer)
    def post(self, request: Request, batch_id: str) -> Response:
        return _progress(self.act(_batch(batch_id)))

    @abstractmethod
    def act(self, batch: MessageBatch) -> MessageBatch: ...


class BatchCancelView(_BatchAct):
    """What waits is cancelled; what a provider already took stays sent."""

    def act(self, batch: MessageBatch) -> MessageBatch:
        return batches.batch_cancel(batch=batch)


class BatchPauseView(_BatchAct):
    """What waits is held until `resume`."""

    def act(self, batch: MessageBatch) -> MessageBatch:
        return batches.batch_pause(batch=batch)


class BatchResumeView(_BatchAct):
    """A paused batch goes on."""

    def act(self, batch: MessageBatch) -> MessageBatch:
        return batches.batch_resume(batch=batch)


class BatchRetryFailedView(_BatchAct):
    """What failed is queued anew; what is uncertain is not."""

    def act(self, batch: MessageBatch) -> MessageBatch:
        return batches.batch_retry_failed(batch=batch)


class MessageListView(generics.ListAPIView[Message]):
    """`GET /api/messages`: newest first; by page, or by `?cursor=` through millions of rows."""

    permission_classes = [HasAccess]
    access = {"get": READS}
    serializer_class = s.MessageSerializer
    pagination_class = CursorOrPagePagination
    filterset_class = MessageFilter
    queryset = Message.objects.none()
    ordering_fields = ["created_at"]

    def get_queryset(self) -> QuerySet[Message]:
        return messages_for_list().order_by("-id")


class MessageView(APIView):
    """`GET /api/messages/{message_id}`."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=s.MessageSerializer)
    def get(self, request: Request, message_id: str) -> Response:
        return _shown(message_id)


class MessageRetryView(APIView):
    """A message that ended badly is queued anew; 409 for any other."""

    permission_classes = [HasAccess]
    access = {"post": SENDS}

    @extend_schema(request=None, responses=s.MessageSerializer)
    def post(self, request: Request, message_id: str) -> Response:
        batches.message_resend(message_pk=_pk(message_id))
        return _shown(message_id)


class MessageCancelView(APIView):
    """A message that still waits is cancelled; 409 once sending has begun."""

    permission_classes = [HasAccess]
    access = {"post": SENDS}

    @extend_schema(request=None, responses=s.MessageSerializer)
    def post(self, request: Request, message_id: str) -> Response:
        batches.message_cancel(message_pk=_pk(message_id))
        return _shown(message_id)


class TraceView(APIView):
    """`GET /api/messages/traces/{trace_id}`."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=s.TraceSerializer)
    def get(self, request: Request, trace_id: str) -> Response:
        message = get_object_or_404(Message, message_id=message_id_of(trace_id))
        return Response(s.TraceSerializer(tracing.trace_of(message)).data)


def _single(data: dict[str, Any]) -> SingleSend:
    customer = None
    if "customer_id" in data:
        customer = Customer.objects.filter(pk=data["customer_id"]).first()
        if customer is None:
            raise InvalidInputError("没有这位客户", code="not_found", attr="customer_id")
    return SingleSend(
        template=template_active(
            template_id=data.get("template_id"), code=data.get("template_code")
        ),
        variables=data["variables"],
        options=_options(data),
        recipient=data.get("recipient", ""),
        customer=customer,
        channel=data.get("channel", ""),
        dedupe_key=data.get("dedupe_key"),
        fallback_channels=data.get("fallback_channels", ()),
    )


def _options(data: dict[str, Any]) -> Options:
    return Options(
        priority=data["priority"], send_at=data.get("send_at"), expires_at=data.get("expires_at")
    )


def _batch(batch_id: str) -> MessageBatch:
    return get_object_or_404(MessageBatch, batch_id=batch_id)


def _progress(batch: MessageBatch) -> Response:
    return Response(s.BatchSerializer(batch_progress(batch)).data)


def _pk(message_id: str) -> int:
    return int(get_object_or_404(Message.objects.only("pk"), message_id=message_id).pk)


def _shown(message_id: str) -> Response:
    message: Message = get_object_or_404(messages_for_list(), message_id=message_id)
    return Response(s.MessageSerializer(message).data)
