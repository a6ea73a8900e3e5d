"""`GET /api/customer-service/chats/{id}/suggestions`: what may help with the chat in hand."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.permissions import STAFF, HasAccess, Rule
from config.errors import NotFoundError
from customers.api.actor import actor_of
from tickets.api.assistant.knowledge import serializers as s
from tickets.assistant.knowledge.suggestions import suggestions_for
from tickets.chat.visibility import chats_visible_to


class SuggestionsView(APIView):
    """For the customer's last words: articles, tickets like it, canned replies."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF)}

    @extend_schema(responses=s.SuggestionsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        chat = chats_visible_to(actor).select_related("customer", "ticket").filter(pk=pk).first()
        if chat is None:
            raise NotFoundError(f"找不到会话 {pk}")
        return Response(s.SuggestionsSerializer(suggestions_for(chat, actor)).data)
