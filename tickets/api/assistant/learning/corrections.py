"""`POST /api/ai/turns/{id}/correct`: what the customer had meant; a label to learn from."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.validated import validated
from customers.api.actor import actor_of
from tickets.api.assistant.knowledge.serializers import CorrectSerializer, TurnSerializer
from tickets.api.assistant.knowledge.turns import turns_for
from tickets.assistant.learning.corrections import turn_correct


class CorrectView(IdempotentPosts):
    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.TICKETS_WRITE)}

    @extend_schema(request=CorrectSerializer, responses=TurnSerializer)
    def post(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        turn = get_object_or_404(turns_for(actor), pk=pk)
        asked = validated(CorrectSerializer(data=request.data))
        turn_correct(turn=turn, intent=asked["intent"], actor=actor)
        return Response(TurnSerializer(turns_for(actor).get(pk=pk)).data)
