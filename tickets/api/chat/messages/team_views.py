"""`/api/customer-service/chats/{id}/…`: what colleagues say and read (contract.md §6)."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.idempotency import IdempotentPosts
from config.api.permissions import STAFF, HasAccess, Rule
from config.api.validated import validated
from tickets.api.chat.chat import ChatMessageSerializer
from tickets.api.chat.messages import serializers as s
from tickets.api.chat.messages import sides
from tickets.chat.limits import limited
from tickets.chat.messages import actions

TEAM = Rule(STAFF)


class TeamMessagesView(sides.MessagesView):
    """The chat as colleagues read it, notes included; its agent answers."""

    access = {"get": TEAM, "post": TEAM}

    @extend_schema(request=s.AgentSaysSerializer, responses={201: ChatMessageSerializer})
    @limited("send_message")
    def post(self, request: Request, pk: int) -> Response:
        given = validated(s.AgentSaysSerializer(data=request.data))
        return sides.said(actions.agent_say, request, pk, **given)


class NotesView(IdempotentPosts):
    """`POST`: a note that the customer never sees."""

    permission_classes = [HasAccess]
    access = {"post": TEAM}

    @extend_schema(request=s.NoteSerializer, responses={201: ChatMessageSerializer})
    def post(self, request: Request, pk: int) -> Response:
        given = validated(s.NoteSerializer(data=request.data))
        return sides.said(actions.note_add, request, pk, **given)


class TeamFilesView(sides.FilesView):
    access = {"post": TEAM}

    @extend_schema(
        request={"multipart/form-data": s.AgentFileGivenSerializer},
        responses={201: ChatMessageSerializer},
    )
    @limited("send_file")
    def post(self, request: Request, pk: int) -> Response:
        given = validated(s.AgentFileGivenSerializer(data=request.data))
        return sides.said(actions.agent_say, request, pk, upload=given.pop("file"), **given)


class TeamFileView(sides.FileView):
    access = {"get": TEAM}


class TeamRecallView(sides.RecallView):
    access = {"post": TEAM}


class TeamMarkReadView(sides.MarkReadView):
    access = {"post": TEAM}


class TeamReadView(sides.ReadView):
    access = {"post": TEAM}
