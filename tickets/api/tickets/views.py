"""`/api/tickets…` and a customer's ticket summary (contract.md §§3–4)."""

from typing import Any, cast

from django.db import transaction
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import EVERYONE, STAFF, HasAccess, Rule
from config.api.validated import validated
from config.errors import InvalidInputError
from customers.actions.customers import customer_find_or_create
from customers.actors import Actor
from customers.api.actor import actor_of
from customers.models import Customer
from customers.queries.staff import staff_named
from customers.visibility import customers_visible_to
from tickets import actions
from tickets.actions.edit import TicketChanges
from tickets.api.ticket import ticket_of
from tickets.api.tickets import serializers as s
from tickets.api.tickets.filters import TicketFilter
from tickets.api.tickets.ordering import TicketOrdering
from tickets.models import Ticket
from tickets.queries.tickets import customer_summary, events_of, tickets_for

CHANGED = {200: s.TicketSerializer, 409: s.TicketConflictSerializer}


class TicketViewSet(ListModelMixin, RetrieveModelMixin, IdempotentPosts, GenericViewSet[Ticket]):
    """Tickets within the caller's view; one outside it is a 404."""

    permission_classes = [HasAccess]
    access = {
        "list": Rule(EVERYONE, Scope.TICKETS_READ),
        "retrieve": Rule(EVERYONE, Scope.TICKETS_READ),
        "events": Rule(EVERYONE, Scope.TICKETS_READ),
        "create": Rule(EVERYONE, Scope.TICKETS_WRITE),
        "reply": Rule(EVERYONE, Scope.TICKETS_WRITE),
        "partial_update": Rule(STAFF, Scope.TICKETS_WRITE),
        "assign": Rule(STAFF, Scope.TICKETS_WRITE),
        "transition": Rule(STAFF, Scope.TICKETS_WRITE),
        "wait": Rule(STAFF, Scope.TICKETS_WRITE),
        "resume": Rule(STAFF, Scope.TICKETS_WRITE),
    }
    queryset = Ticket.objects.none()
    serializer_class = s.TicketSerializer
    filterset_class = TicketFilter
    filter_backends = [DjangoFilterBackend, TicketOrdering]
    ordering_fields = ["created_at", "updated_at", "deadline", "priority", "status"]

    def get_queryset(self) -> Any:
        return tickets_for(actor_of(self.request))

    def get_serializer_class(self) -> Any:
        if getattr(self, "swagger_fake_view", False) or actor_of(self.request).is_team:
            return s.TicketSerializer
        return s.OwnTicketSerializer

    @extend_schema(request=s.TicketCreateSerializer, responses={201: s.TicketSerializer})
    @transaction.atomic
    def create(self, request: Request) -> Response:
        data = validated(s.TicketCreateSerializer(data=request.data))
        actor = actor_of(request)
        ticket = actions.ticket_create(
            customer=_customer(data, actor),
            description=data["description"],
            title=data.get("title", ""),
            product=data.get("product", ""),
            priority=data["priority"],
            deadline=data.get("deadline"),
            project_id=data.get("project_id"),
            custom_fields=data.get("custom_fields", {}),
            actor=actor,
        )
        return self._answer(ticket, status.HTTP_201_CREATED)

    @extend_schema(request=s.TicketEditSerializer, responses=CHANGED)
    def partial_update(self, request: Request, pk: int) -> Response:
        data = validated(s.TicketEditSerializer(data=request.data))
        version = data.pop("version", None)
        changes = cast("TicketChanges", data)
        return self._answer(
            actions.ticket_edit(
                ticket_id=pk, changes=changes, version=version, actor=actor_of(request)
            )
        )

    @extend_schema(request=s.AssignSerializer, responses=CHANGED)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: int) -> Response:
        data = validated(s.AssignSerializer(data=request.data))
        return self._answer(
            actions.ticket_assign(
                ticket_id=pk,
                assignee=staff_named(data["assignee"]),
                note=data.get("note", ""),
                version=data.get("version"),
                actor=actor_of(request),
            )
        )

    @extend_schema(request=s.ReplySerializer, responses={201: s.TicketEventSerializer})
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: int) -> Response:
        data = validated(s.ReplySerializer(data=request.data))
        event = actions.ticket_reply(
            ticket_id=pk,
            content=data["content"],
            visibility=data["visibility"],
            actor=actor_of(request),
        )
        return Response(s.TicketEventSerializer(event).data, status.HTTP_201_CREATED)

    @extend_schema(request=s.TransitionSerializer, responses=CHANGED)
    @action(detail=True, methods=["post"])
    def transition(self, request: Request, pk: int) -> Response:
        data = validated(s.TransitionSerializer(data=request.data))
        return self._answer(
            actions.ticket_transition(
                ticket_id=pk,
                status=data["status"],
                reason=data.get("reason", ""),
                version=data.get("version"),
                actor=actor_of(request),
            )
        )

    @extend_schema(request=s.ReasonSerializer, responses=s.TicketSerializer)
    @action(detail=True, methods=["post"])
    def wait(self, request: Request, pk: int) -> Response:
        return self._pause(request, pk, actions.ticket_wait)

    @extend_schema(request=s.ReasonSerializer, responses=s.TicketSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        return self._pause(request, pk, actions.ticket_resume)

    def _pause(self, request: Request, pk: int, act: Any) -> Response:
        data = validated(s.ReasonSerializer(data=request.data))
        actor = actor_of(request)
        return self._answer(act(ticket_id=pk, reason=data.get("reason", ""), actor=actor))

    @extend_schema(responses=s.TeamTicketEventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], filterset_class=None, ordering_fields=[])
    def events(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        ticket = ticket_of(pk, actor)
        page: Any = self.paginate_queryset(cast("Any", events_of(ticket, actor)))
        shown = s.TeamTicketEventSerializer if actor.is_team else s.TicketEventSerializer
        return self.get_paginated_response(shown(page, many=True).data)

    def _answer(self, ticket: Ticket, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer_class()(ticket).data, code)


class TicketSummaryView(APIView):
    """`GET /api/customers/{id}/tickets/summary`."""

    permission_classes = [HasAccess]
    access = {"get": Rule(EVERYONE, Scope.TICKETS_READ)}

    @extend_schema(responses=s.SummarySerializer)
    def get(self, request: Request, customer_id: int) -> Response:
        actor = actor_of(request)
        customer = get_object_or_404(customers_visible_to(actor), pk=customer_id)
        return Response(s.SummarySerializer(customer_summary(customer, actor)).data)


def _customer(data: dict[str, Any], actor: Actor) -> Customer:
    """Whom a new ticket is for. Customers report for themselves only."""
    if not actor.is_team:
        own = customers_visible_to(actor).first()
        if own is None or data.get("customer_id", own.pk) != own.pk or "customer_name" in data:
            raise InvalidInputError("只能为自己提交工单", attr="customer_id")
        return own
    if "customer_id" in data:
        found = customers_visible_to(actor).filter(pk=data["customer_id"]).first()
        if found is None:
            raise InvalidInputError("没有这个客户", code="not_found", attr="customer_id")
        return found
    if "customer_name" not in data:
        raise InvalidInputError(
            "请给出 customer_id，或 customer_name 和 phone", code="required", attr="customer_id"
        )
    customer, _ = customer_find_or_create(
        name=data["customer_name"],
        phone=data.get("phone", ""),
        company=data.get("company", ""),
        actor=actor,
    )
    return customer
