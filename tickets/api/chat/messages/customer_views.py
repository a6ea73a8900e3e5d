"""`/api/user/customer-service/chats/{id}/…`: what a customer says and reads (contract.md §6)."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.validated import validated
from customers.api.customer_side import CUSTOMERS, SIGNED_IN
from tickets.api.chat.chat import ChatMessageSerializer
from tickets.api.chat.messages import serializers as s
from tickets.api.chat.messages import sides
from tickets.chat.entries.web import WEB
from tickets.chat.limits import limited
from tickets.chat.messages import actions


class OwnMessagesView(sides.MessagesView):
    """One's own chat without what is internal."""

    authentication_classes = SIGNED_IN
    access = {"get": CUSTOMERS, "post": CUSTOMERS}

    @extend_schema(request=s.CustomerSaysSerializer, responses={201: ChatMessageSerializer})
    @limited("send_message")
    def post(self, request: Request, pk: int) -> Response:
        given = validated(s.CustomerSaysSerializer(data=request.data))
        return sides.said(actions.customer_say, request, pk, entry=WEB, **given)


class OwnFilesView(sides.FilesView):
    authentication_classes = SIGNED_IN
    access = {"post": CUSTOMERS}

    @extend_schema(
        request={"multipart/form-data": s.FileGivenSerializer},
        responses={201: ChatMessageSerializer},
    )
    @limited("send_file")
    def post(self, request: Request, pk: int) -> Response:
        given = validated(s.FileGivenSerializer(data=request.data))
        upload = given.pop("file")
        return sides.said(actions.customer_say, request, pk, entry=WEB, upload=upload, **given)


class OwnFileView(sides.FileView):
    authentication_classes = SIGNED_IN
    access = {"get": CUSTOMERS}


class OwnRecallView(sides.RecallView):
    authentication_classes = SIGNED_IN
    access = {"post": CUSTOMERS}


class OwnMarkReadView(sides.MarkReadView):
    authentication_classes = SIGNED_IN
    access = {"post": CUSTOMERS}


class OwnReadView(sides.ReadView):
    authentication_classes = SIGNED_IN
    access = {"post": CUSTOMERS}
