"""`/api/tickets/{id}/attachments`: files in by multipart, out through permission."""

from typing import Any, cast

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.downloads import AnyAccept
from config.api.filters import asked_yes
from config.api.idempotency import IdempotentPosts, multipart_digest
from config.api.keys import Scope
from config.api.permissions import EVERYONE, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.api.relations import serializers as s
from tickets.api.ticket import ticket_of
from tickets.models import TicketAttachment
from tickets.relations.attachments import (
    attachment_add,
    attachment_remove,
    attachment_response,
    attachments_of,
    find_attachment,
)

READS = Rule(EVERYONE, Scope.TICKETS_READ)
WRITES = Rule(EVERYONE, Scope.TICKETS_WRITE)


class AttachmentsView(IdempotentPosts, generics.ListAPIView[TicketAttachment]):
    """The ticket's files; customers see and add public ones."""

    permission_classes = [HasAccess]
    access = {"get": READS, "post": WRITES}
    parser_classes = [MultiPartParser]
    serializer_class = s.AttachmentSerializer
    queryset = TicketAttachment.objects.none()
    filter_backends = []

    def get_queryset(self) -> Any:
        actor = actor_of(self.request)
        return attachments_of(ticket_of(self.kwargs["pk"], actor), actor)

    @extend_schema(
        request={"multipart/form-data": s.UploadSerializer},
        responses={201: s.AttachmentSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        serializer = s.UploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        attachment = attachment_add(
            ticket_id=pk,
            upload=serializer.validated_data["file"],
            visibility=serializer.validated_data["visibility"],
            actor=actor_of(request),
        )
        return Response(s.AttachmentSerializer(attachment).data, status.HTTP_201_CREATED)

    def body_of(self, request: Request) -> bytes:
        return multipart_digest(cast("Any", request.data))


class AttachmentView(APIView):
    """One file: to keep, or, a picture with `?inline=1`, to look at."""

    permission_classes = [HasAccess]
    access = {"get": READS, "delete": WRITES}
    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[OpenApiParameter("inline", bool, description="图片直接显示")],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, attachment_id: int) -> FileResponse:
        actor = actor_of(request)
        attachment = find_attachment(ticket_of(pk, actor), attachment_id, actor)
        inline = asked_yes(request, "inline")
        return attachment_response(attachment, inline=inline)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, attachment_id: int) -> Response:
        attachment_remove(ticket_id=pk, attachment_id=attachment_id, actor=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
