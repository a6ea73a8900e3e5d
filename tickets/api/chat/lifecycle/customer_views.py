"""`/api/user/customer-service/chats…`: a customer's own chats (contract.md §6)."""

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.idempotency import IdempotentPosts
from config.api.permissions import HasAccess
from config.api.validated import validated
from customers.api.actor import actor_of
from customers.api.customer_side import CUSTOMERS, SIGNED_IN
from tickets.api.chat.chat import CustomerChatSerializer
from tickets.api.chat.lifecycle import serializers as s
from tickets.api.chat.lifecycle.filters import OwnChatFilter
from tickets.api.chat.lifecycle.one import chat_shown
from tickets.chat.lifecycle import actions, rating, reopening
from tickets.chat.lifecycle.queries import chats_for
from tickets.chat.limits import limited
from tickets.models import Chat


class OwnChatsView(GenericAPIView[Chat]):
    """`GET chats`: the customer's, newest first."""

    authentication_classes = SIGNED_IN
    permission_classes = [HasAccess]
    access = {"get": CUSTOMERS}
    queryset = Chat.objects.none()
    serializer_class = CustomerChatSerializer
    filterset_class = OwnChatFilter
    filter_backends = [DjangoFilterBackend]

    @extend_schema(responses=CustomerChatSerializer(many=True), filters=True)
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(chats_for(actor_of(request))))
        return self.get_paginated_response(CustomerChatSerializer(page, many=True).data)


class OwnChatView(GenericAPIView[Chat]):
    """`GET chats/{id}`."""

    authentication_classes = SIGNED_IN
    permission_classes = [HasAccess]
    access = {"get": CUSTOMERS}
    queryset = Chat.objects.none()
    serializer_class = CustomerChatSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=CustomerChatSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return chat_shown(pk, actor_of(request))


class OwnChatEndView(IdempotentPosts):
    """`POST chats/{id}/end`: ends it, or leaves the queue; 409 names the state of an ended one."""

    authentication_classes = SIGNED_IN
    permission_classes = [HasAccess]
    access = {"post": CUSTOMERS}

    @extend_schema(request=s.EndSerializer, responses=CustomerChatSerializer)
    @limited("end_chat")
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.EndSerializer(data=request.data))
        actor = actor_of(request)
        actions.chat_end(chat_id=pk, actor=actor, reason=data.get("reason", ""))
        return chat_shown(pk, actor)


class OwnChatReopenView(IdempotentPosts):
    """`POST chats/{id}/reopen`: an ended chat goes on; 409 `another_open` names the one there is."""

    authentication_classes = SIGNED_IN
    permission_classes = [HasAccess]
    access = {"post": CUSTOMERS}

    @extend_schema(request=None, responses=CustomerChatSerializer)
    def post(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        reopening.chat_reopen(chat_id=pk, actor=actor)
        return chat_shown(pk, actor)


class OwnChatRateView(IdempotentPosts):
    """`POST chats/{id}/rate`: 1–5 with a comment; changed when given again within a day."""

    authentication_classes = SIGNED_IN
    permission_classes = [HasAccess]
    access = {"post": CUSTOMERS}

    @extend_schema(request=s.RateSerializer, responses=CustomerChatSerializer)
    @limited("rate_service")
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.RateSerializer(data=request.data))
        actor = actor_of(request)
        rating.chat_rate(
            chat_id=pk, actor=actor, score=data["score"], comment=data.get("comment", "")
        )
        return chat_shown(pk, actor)
