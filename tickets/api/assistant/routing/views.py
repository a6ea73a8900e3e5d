"""`POST /api/ai/router`."""

import hashlib

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.idempotency import IdempotentPosts, claim_all
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.renderers import ApiJSONRenderer
from config.api.validated import validated
from customers.api.actor import actor_of
from tickets.api.assistant.routing.serializers import RoutedSerializer, RouterAskSerializer
from tickets.assistant.router import handle


class RouterView(IdempotentPosts):
    """What the assistant does about a customer's words; the caller says the reply."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.TICKETS_WRITE)}
    # A model is asked meanwhile: no transaction is held open for that. The turn itself knows the key.
    claims_itself = True

    @extend_schema(request=RouterAskSerializer, responses=RoutedSerializer)
    def post(self, request: Request) -> Response:
        if self.identity is not None:
            self.replay(self.identity)
        asked = validated(RouterAskSerializer(data=request.data))
        routed = handle(
            entry=asked["entry"],
            address=asked["user_id"],
            content=asked["content"],
            session_id=asked.get("session_id"),
            external_id=self._external_id(),
            actor=actor_of(request),
        )
        data = RoutedSerializer(routed).data
        if self.identity is not None:
            body = ApiJSONRenderer().render(data).decode()
            claim_all([(self.identity, 200, body)])
        return Response(data)

    def _external_id(self) -> str:
        """So that words whose answer was lost are not acted on again."""
        if self.identity is None:
            return ""
        named = f"{self.identity.principal}:{self.identity.key}:{self.identity.request_hash}"
        return f"api:{hashlib.sha256(named.encode()).hexdigest()}"
