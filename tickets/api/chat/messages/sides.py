"""What both sides' calls share: they differ in who may come in and in what may be said."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.downloads import AnyAccept
from config.api.filters import asked_yes
from config.api.idempotency import IdempotentPosts, multipart_digest
from config.api.permissions import HasAccess
from config.api.validated import validated
from config.errors import NotFoundError
from customers.actors import Actor
from customers.api.actor import actor_of
from tickets.api.chat.chat import ChatMessageSerializer
from tickets.api.chat.messages import serializers as s
from tickets.chat.messages import marks
from tickets.chat.messages.files import file_of
from tickets.chat.messages.queries import last_number_of, messages_between
from tickets.chat.messages.recall import message_recall
from tickets.chat.visibility import chats_visible_to
from tickets.models import Chat, ChatMessage
from tickets.uploads.handing_out import file_response


def message_json(said: ChatMessage | Sequence[ChatMessage], actor: Actor) -> Any:
    """One or several, as that side reads them."""
    return ChatMessageSerializer(
        cast("Any", said),
        many=not isinstance(said, ChatMessage),
        context={"is_team": actor.is_team},
    ).data


class MessagesView(IdempotentPosts):
    """`GET` what was said, `POST` one's own words."""

    permission_classes = [HasAccess]

    @extend_schema(parameters=[s.PageAskedSerializer], responses=s.MessagePageSerializer)
    def get(self, request: Request, pk: int) -> Response:
        actor = actor_of(request)
        asked = validated(s.PageAskedSerializer(data=request.query_params))
        chat = _chat(pk, actor)
        found = messages_between(chat, actor, **asked)
        return Response(
            {"list": message_json(found, actor), "last_number": last_number_of(chat, actor)}
        )


class FilesView(IdempotentPosts):
    """`POST` a file; the answer is its message."""

    permission_classes = [HasAccess]
    parser_classes = [MultiPartParser]

    def body_of(self, request: Request) -> bytes:
        return multipart_digest(cast("Any", request.data))


class FileView(APIView):
    """`GET` a file of the chat: pictures are shown, everything else is for keeping."""

    permission_classes = [HasAccess]
    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[OpenApiParameter("download", bool, description="图片也作为附件下载")],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, file_id: int) -> FileResponse:
        actor = actor_of(request)
        file = file_of(_chat(pk, actor), file_id, actor)
        return file_response(
            file.file,
            name=file.name,
            content_type=file.content_type,
            inline=not asked_yes(request, "download"),
        )


class RecallView(APIView):
    """`POST`: takes one's own message back; a platform is asked outside any transaction."""

    permission_classes = [HasAccess]

    @extend_schema(request=None, responses=ChatMessageSerializer)
    def post(self, request: Request, pk: int, message_id: int) -> Response:
        actor = actor_of(request)
        message = message_recall(chat_id=pk, message_id=message_id, actor=actor)
        return Response(message_json(message, actor))


class MarkReadView(APIView):
    """`POST`: that message, and all before it, have been read."""

    permission_classes = [HasAccess]

    @extend_schema(request=None, responses=ChatMessageSerializer)
    def post(self, request: Request, pk: int, message_id: int) -> Response:
        actor = actor_of(request)
        message = marks.message_read(chat_id=pk, message_id=message_id, actor=actor)
        return Response(message_json(message, actor))


class ReadView(APIView):
    """`POST {up_to}`: everything up to that number has been read."""

    permission_classes = [HasAccess]

    @extend_schema(request=s.UpToSerializer, responses=s.MarkedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        asked = validated(s.UpToSerializer(data=request.data))
        actor = actor_of(request)
        changed = marks.messages_read(chat_id=pk, actor=actor, up_to=asked["up_to"])
        return Response({"changed": changed})


def said(act: Callable[..., ChatMessage], request: Request, pk: int, **given: Any) -> Response:
    """What `act` makes of it: 201 with the message in its full state (contract.md §6)."""
    actor = actor_of(request)
    message = act(chat_id=pk, actor=actor, **given)
    return Response(message_json(message, actor), status.HTTP_201_CREATED)


def _chat(pk: int, actor: Actor) -> Chat:
    chat = chats_visible_to(actor).filter(pk=pk).first()
    if chat is None:
        raise NotFoundError(f"找不到会话 {pk}")
    return chat
