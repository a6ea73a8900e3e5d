"""`/api/ai/turns`: what was said with the assistant."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.validated import validated
from customers.actors import Actor
from customers.api.actor import actor_of
from tickets.api.assistant.knowledge import serializers as s
from tickets.assistant.visibility import turns_visible_to
from tickets.models import AssistantTurn, KnowledgeHit


def turns_for(actor: Actor) -> QuerySet[AssistantTurn]:
    """Those within the actor's view, newest first, as their JSON needs them."""
    hits = KnowledgeHit.objects.select_related("article").order_by("pk")
    turns = turns_visible_to(actor).select_related("customer", "corrected_by")
    return turns.prefetch_related(Prefetch("hits", hits)).order_by("-id")


class TurnsView(GenericAPIView[AssistantTurn]):
    """Of the customers that the caller sees, or of one chat."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}
    queryset = AssistantTurn.objects.none()
    serializer_class = s.TurnSerializer
    filter_backends: list[Any] = []

    @extend_schema(
        parameters=[s.TurnQuerySerializer], responses=s.TurnSerializer(many=True), filters=True
    )
    def get(self, request: Request) -> Response:
        asked = validated(s.TurnQuerySerializer(data=request.query_params))
        names = ("chat", "customer", "entry", "intent")
        given = {name: asked[name] for name in names if name in asked}
        turns = turns_for(actor_of(request)).filter(**given)
        if asked["corrected"] is True:
            turns = turns.exclude(corrected_intent="")
        elif asked["corrected"] is False:
            turns = turns.filter(corrected_intent="")
        page: Any = self.paginate_queryset(turns)
        return self.get_paginated_response(s.TurnSerializer(page, many=True).data)
