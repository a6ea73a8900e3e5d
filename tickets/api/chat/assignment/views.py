"""Asking for somebody, the queue, the chat desk, and why a chat went where it went."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.validated import validated
from config.errors import NotAllowedError, NotFoundError
from customers.api.actor import actor_of
from customers.api.customer_side import CUSTOMERS, SIGNED_IN
from customers.models import Customer, User
from customers.queries.staff import staff_named
from tickets.api.chat.assignment import serializers as s
from tickets.api.chat.chat import ChatSerializer
from tickets.api.chat.lifecycle.one import chat_shown
from tickets.chat.assignment.actions import chat_assign, chat_request
from tickets.chat.assignment.agents import agent_status_set, desk_of, desks, groups
from tickets.chat.assignment.queue import overview
from tickets.chat.assignment.standing import open_chat_of, standing_of
from tickets.chat.entries.web import WEB
from tickets.chat.limits import limited
from tickets.chat.visibility import chats_visible_to
from tickets.models import ChatAssignment


class AskView(IdempotentPosts):
    """`POST /api/user/customer-service/assign`: an open chat, else a colleague at once, else the queue."""

    authentication_classes = SIGNED_IN
    permission_classes = [HasAccess]
    access = {"post": CUSTOMERS}

    @extend_schema(request=s.AskSerializer, responses=s.StandingSerializer)
    @limited("request_chat")
    def post(self, request: Request) -> Response:
        chat = chat_request(customer=_customer(request), entry=WEB, actor=actor_of(request))
        return Response(s.StandingSerializer(standing_of(chat)).data)


class QueueStatusView(APIView):
    """`GET /api/user/customer-service/queue-status`: how things stand for the caller."""

    authentication_classes = SIGNED_IN
    permission_classes = [HasAccess]
    access = {"get": CUSTOMERS}

    @extend_schema(responses=s.StandingSerializer)
    def get(self, request: Request) -> Response:
        chat = open_chat_of(_customer(request).pk)
        return Response(s.StandingSerializer(standing_of(chat)).data)


class StatusView(APIView):
    """`GET` and `POST /api/customer-service/status`: the caller's own; an API key is nobody."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF), "post": Rule(STAFF)}

    @extend_schema(responses=s.DeskSerializer)
    def get(self, request: Request) -> Response:
        assert isinstance(request.user, User)
        return Response(s.DeskSerializer(desk_of(request.user)).data)

    @extend_schema(request=s.StatusSetSerializer, responses=s.DeskSerializer)
    def post(self, request: Request) -> Response:
        given = validated(s.StatusSetSerializer(data=request.data))
        return Response(s.DeskSerializer(agent_status_set(**given, actor=actor_of(request))).data)


class QueueView(APIView):
    """`GET /api/customer-service/queue`: who waits, how long, and who is there for them."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF)}

    @extend_schema(responses=s.QueueSerializer)
    def get(self, request: Request) -> Response:
        return Response(s.QueueSerializer(overview(actor_of(request))).data)


class AgentsView(APIView):
    """`GET /api/customer-service/agents`: to whom a chat can be handed, those who are there first."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF)}

    @extend_schema(responses=s.ChatAgentsSerializer)
    def get(self, request: Request) -> Response:
        return Response(s.ChatAgentsSerializer({"list": desks(timezone.now())}).data)


class GroupsView(APIView):
    """`GET /api/customer-service/groups`."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF)}

    @extend_schema(responses=s.ChatGroupsSerializer)
    def get(self, request: Request) -> Response:
        return Response(s.ChatGroupsSerializer({"list": groups()}).data)


class AssignView(IdempotentPosts):
    """`POST /api/customer-service/chats/{id}/assign`: a supervisor gives it to a colleague."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF)}

    @extend_schema(request=s.ChatAssignSerializer, responses=ChatSerializer)
    def post(self, request: Request, pk: int) -> Response:
        given = validated(s.ChatAssignSerializer(data=request.data))
        agent = staff_named(given["agent"], attr="agent")
        actor = actor_of(request)
        chat_assign(chat_id=pk, agent=agent, actor=actor)
        return chat_shown(pk, actor)


class AssignmentsView(GenericAPIView[ChatAssignment]):
    """`GET /api/customer-service/chats/{id}/assignments`: why this colleague; newest first."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF)}
    queryset = ChatAssignment.objects.none()
    serializer_class = s.ChatAssignmentSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=s.ChatAssignmentSerializer(many=True), filters=True)
    def get(self, request: Request, pk: int) -> Response:
        if not chats_visible_to(actor_of(request)).filter(pk=pk).exists():
            raise NotFoundError(f"找不到会话 {pk}")
        kept = ChatAssignment.objects.filter(chat=pk).select_related("agent", "taken_from")
        page: Any = self.paginate_queryset(kept.order_by("-id"))
        return self.get_paginated_response(s.ChatAssignmentSerializer(page, many=True).data)


def _customer(request: Request) -> Customer:
    """Whom the caller stands for."""
    customer_id = actor_of(request).customer_id
    customer = Customer.objects.filter(pk=customer_id).first() if customer_id else None
    if customer is None:
        raise NotAllowedError("您的账号没有关联客户资料")
    return customer
