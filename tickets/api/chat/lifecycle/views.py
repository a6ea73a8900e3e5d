"""`/api/customer-service/chats…`: the team's side of a chat's way (contract.md §6)."""

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.idempotency import IdempotentPosts
from config.api.ordering import StrictOrderingFilter
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.validated import validated
from config.errors import InvalidInputError, NotFoundError
from customers.api.actor import actor_of
from customers.queries.staff import staff_named
from tickets.api.chat.chat import ChatMessageSerializer, ChatSerializer
from tickets.api.chat.lifecycle import serializers as s
from tickets.api.chat.lifecycle.filters import ChatFilter
from tickets.api.chat.lifecycle.one import chat_shown
from tickets.api.tickets.serializers import TicketSerializer
from tickets.chat.lifecycle import actions, handing_on, reopening, supervision, ticketing
from tickets.chat.lifecycle.queries import chats_for, events_of
from tickets.chat.limits import limited
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatEvent, ChatGroup

TEAM = Rule(STAFF)


class ChatsView(GenericAPIView[Chat]):
    """`GET chats`: within the caller's view, newest first unless `ordering` says otherwise."""

    permission_classes = [HasAccess]
    access = {"get": TEAM}
    queryset = Chat.objects.none()
    serializer_class = ChatSerializer
    filterset_class = ChatFilter
    filter_backends = [DjangoFilterBackend, StrictOrderingFilter]
    ordering_fields = ["created_at", "queued_at", "last_message_at", "ended_at", "priority"]

    @extend_schema(responses=ChatSerializer(many=True), filters=True)
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(chats_for(actor_of(request))))
        return self.get_paginated_response(ChatSerializer(page, many=True).data)


class ChatView(GenericAPIView[Chat]):
    """`GET chats/{id}`."""

    permission_classes = [HasAccess]
    access = {"get": TEAM}
    queryset = Chat.objects.none()
    serializer_class = ChatSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=ChatSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return chat_shown(pk, actor_of(request))


class ChatEventsView(GenericAPIView[ChatEvent]):
    """`GET chats/{id}/events`: every change of its state, oldest first."""

    permission_classes = [HasAccess]
    access = {"get": TEAM}
    queryset = ChatEvent.objects.none()
    serializer_class = s.ChatEventSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=s.ChatEventSerializer(many=True), filters=True)
    def get(self, request: Request, pk: int) -> Response:
        chat = chats_visible_to(actor_of(request)).filter(pk=pk).first()
        if chat is None:
            raise NotFoundError(f"找不到会话 {pk}")
        page: Any = self.paginate_queryset(events_of(chat))
        return self.get_paginated_response(s.ChatEventSerializer(page, many=True).data)


class ChatEndView(IdempotentPosts):
    """`POST chats/{id}/end`: 409 names the state of one that has ended."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=s.TeamEndSerializer, responses=ChatSerializer)
    @limited("end_chat")
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.TeamEndSerializer(data=request.data))
        actor = actor_of(request)
        actions.chat_end(
            chat_id=pk,
            actor=actor,
            reason=data.get("reason", ""),
            summary=data.get("summary", ""),
        )
        return chat_shown(pk, actor)


class ToTicketView(IdempotentPosts):
    """`POST chats/{id}/to-ticket`: 201 with the new ticket, 200 with the one it has."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(
        request=s.ToTicketSerializer, responses={200: TicketSerializer, 201: TicketSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.ToTicketSerializer(data=request.data))
        ticket, is_new = ticketing.chat_to_ticket(
            chat_id=pk,
            actor=actor_of(request),
            title=data.get("title", ""),
            priority=data.get("priority", ""),
            product=data.get("product", ""),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(TicketSerializer(ticket).data, status=code)


class TransferView(IdempotentPosts):
    """`POST chats/{id}/transfer`: to a colleague who is there and free, or to a group."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=s.ChatTransferSerializer, responses=ChatSerializer)
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.ChatTransferSerializer(data=request.data))
        actor = actor_of(request)
        chat = handing_on.chat_transfer(
            chat_id=pk,
            actor=actor,
            to_user=staff_named(data["agent"], attr="agent") if "agent" in data else None,
            to_group=_group(data["group"]) if "group" in data else None,
            note=data.get("note", ""),
        )
        return chat_shown(chat.pk, actor)


class ReopenView(IdempotentPosts):
    """`POST chats/{id}/reopen`: with its last agent if they are there, else with somebody who is."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=None, responses=ChatSerializer)
    def post(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        reopening.chat_reopen(chat_id=pk, actor=actor)
        return chat_shown(pk, actor)


class ListenView(IdempotentPosts):
    """`POST chats/{id}/listen`: a supervisor looks in; it is kept, the customer is not told."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=None, responses=ChatSerializer)
    def post(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        supervision.chat_listen(chat_id=pk, actor=actor)
        return chat_shown(pk, actor)


class WhisperView(IdempotentPosts):
    """`POST chats/{id}/whisper`: a supervisor's word for the agent alone."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=s.WhisperSerializer, responses={201: ChatMessageSerializer})
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.WhisperSerializer(data=request.data))
        message = supervision.chat_whisper(
            chat_id=pk, actor=actor_of(request), content=data["content"]
        )
        told = ChatMessageSerializer(message, context={"is_team": True}).data
        return Response(told, status=status.HTTP_201_CREATED)


class TakeOverView(IdempotentPosts):
    """`POST chats/{id}/take-over`: the chat is the supervisor's from now on."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=None, responses=ChatSerializer)
    def post(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        supervision.chat_take_over(chat_id=pk, actor=actor)
        return chat_shown(pk, actor)


def _group(group_id: int) -> ChatGroup:
    group = ChatGroup.objects.filter(pk=group_id).first()
    if group is None:
        raise InvalidInputError(f"没有客服组 {group_id}", code="unknown_group", attr="group")
    return group
