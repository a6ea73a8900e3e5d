"""`/api/customer-service/chats/{id}/kf-…`: giving a customer to a servicer in WeCom."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.schema import ErrorResponseSerializer
from config.api.validated import validated
from config.errors import NotFoundError
from customers.api.actor import actor_of
from tickets.api.chat.chat import ChatSerializer
from tickets.api.chat.lifecycle.one import chat_shown
from tickets.chat.visibility import chats_visible_to
from wechat.api.kf import serializers as s
from wechat.kf import transfer

TEAM = Rule(STAFF)


class KfTransferView(IdempotentPosts):
    """`POST chats/{id}/kf-transfer`: 202; the chat ends once the platform has agreed.

    If it does not, the agent keeps the chat and reads why in it. Whom somebody in WeCom has already
    can be given on from the chat that has ended. 409 for a chat that is no talk of kf, and for
    another that has ended.
    """

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=s.KfTransferSerializer, responses={202: ChatSerializer})
    def post(self, request: Request, pk: int) -> Response:
        data = validated(s.KfTransferSerializer(data=request.data))
        actor = actor_of(request)
        transfer.kf_transfer(chat_id=pk, actor=actor, to=data["to"], servicer=data["servicer"])
        return chat_shown(pk, actor, status.HTTP_202_ACCEPTED)


class KfServicersView(APIView):
    """`GET chats/{id}/kf-servicers`: who has the customer on the platform, and who may take them.

    409 where it is no kf talk.
    """

    permission_classes = [HasAccess]
    access = {"get": TEAM}

    @extend_schema(responses={200: s.KfServicersSerializer, 409: ErrorResponseSerializer})
    def get(self, request: Request, pk: int) -> Response:
        chat = chats_visible_to(actor_of(request)).filter(pk=pk).first()
        if chat is None:
            raise NotFoundError(f"找不到会话 {pk}")
        return Response(transfer.standing(chat))
