"""`/api/agents…`, `POST /api/tickets/{id}/dispatch`, `GET /api/tickets/{id}/dispatches`."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from customers.models import User
from tickets.api.dispatch import serializers as s
from tickets.api.ticket import ticket_of
from tickets.dispatch.actions import ticket_dispatch
from tickets.dispatch.queries import agents, agents_shown, decisions_of
from tickets.models import AgentPresence, DispatchDecision, DispatchTrigger
from tickets.presence.actions import presence_set


class AgentsView(GenericAPIView[User]):
    """`GET /api/agents`: colleagues with presence, open tickets and skills."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}
    queryset = User.objects.none()
    serializer_class = s.AgentSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=s.AgentSerializer(many=True), filters=True)
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(agents())
        shown = agents_shown(page, timezone.now())
        return self.get_paginated_response(s.AgentSerializer(shown, many=True).data)


class OwnPresenceView(APIView):
    """`GET` and `PUT /api/agents/me/presence`: the caller's own; an API key is nobody."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF), "put": Rule(STAFF)}

    @extend_schema(responses=s.PresenceSerializer)
    def get(self, request: Request) -> Response:
        user = _person(request)
        nothing_chosen = AgentPresence(user=user, changed_at=user.date_joined)
        return _shown(AgentPresence.objects.filter(user=user).first() or nothing_chosen)

    @extend_schema(request=s.PresenceSetSerializer, responses=s.PresenceSerializer)
    def put(self, request: Request) -> Response:
        serializer = s.PresenceSetSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        minutes = serializer.validated_data.get("hold_minutes")
        return _shown(
            presence_set(
                user=_person(request),
                status=serializer.validated_data["status"],
                holds_for=timedelta(minutes=minutes) if minutes else None,
            )
        )


class DispatchView(IdempotentPosts):
    """`POST /api/tickets/{id}/dispatch`: the best colleague for a waiting ticket, or why nobody."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.TICKETS_WRITE)}

    @extend_schema(request=None, responses=s.DecisionSerializer)
    def post(self, request: Request, pk: int) -> Response:
        decision = ticket_dispatch(
            ticket_id=pk, trigger=DispatchTrigger.REQUESTED, actor=actor_of(request)
        )
        return Response(s.DecisionSerializer(decision).data)


class DispatchesView(GenericAPIView[DispatchDecision]):
    """`GET /api/tickets/{id}/dispatches`: why this colleague, or why it still waits; newest first."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}
    queryset = DispatchDecision.objects.none()
    serializer_class = s.DecisionSerializer
    filter_backends: list[Any] = []

    @extend_schema(responses=s.DecisionSerializer(many=True), filters=True)
    def get(self, request: Request, pk: int) -> Response:
        ticket = ticket_of(pk, actor_of(request))
        page: Any = self.paginate_queryset(decisions_of(ticket))
        return self.get_paginated_response(s.DecisionSerializer(page, many=True).data)


def _person(request: Request) -> User:
    assert isinstance(request.user, User)  # the rules let no API key through
    return request.user


def _shown(presence: AgentPresence) -> Response:
    return Response(s.PresenceSerializer(presence, context={"now": timezone.now()}).data)
