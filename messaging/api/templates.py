"""`/api/template…`: templates, their preview, and a test send (contract.md §2)."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, HasAccess, Rule
from customers.api.actor import actor_of
from messaging.actions.templates import template_remove, template_save
from messaging.actions.test_send import (
    MAX_TEST_RECIPIENTS,
    template_preview,
    template_test_send,
)
from messaging.api.serializers import VariablesField
from messaging.models import MessageTemplate
from messaging.models.message import RECIPIENT_LENGTH
from messaging.rendering import source_of
from messaging.templates_in_use import template_active

READS = Rule(ADMINS, Scope.MESSAGES_READ)
WRITES = Rule(ADMINS, Scope.TEMPLATES_WRITE)


class TemplateSerializer(serializers.ModelSerializer[MessageTemplate]):
    """`variables`: the names found in subject, body and options, system ones included."""

    code = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    variables = serializers.SerializerMethodField()
    keywords = serializers.ListField(
        child=serializers.CharField(max_length=50), max_length=50, required=False
    )
    recipients = serializers.ListField(
        child=serializers.CharField(max_length=RECIPIENT_LENGTH), max_length=1000, required=False
    )
    options = serializers.DictField(required=False)

    class Meta:
        model = MessageTemplate
        fields = [
            "id",
            "code",
            "name",
            "channel",
            "push_mode",
            "schedule",
            "timezone",
            "recipients",
            "keywords",
            "body_format",
            "subject",
            "body",
            "options",
            "dedupe_seconds",
            "variables",
            "status",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["version", "created_at", "updated_at"]
        # The action answers a taken code with 409, the database has the last word.
        extra_kwargs = {"dedupe_seconds": {"max_value": 30 * 24 * 3600}}

    def get_variables(self, template: MessageTemplate) -> list[str]:
        return source_of(template).names


class PreviewSerializer(serializers.Serializer[Any]):
    variables = VariablesField(required=False, default=dict)


class PreviewAnswerSerializer(serializers.Serializer[Any]):
    subject = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField())


class TestSendSerializer(serializers.Serializer[Any]):
    template_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    variables = VariablesField(required=False, default=dict)
    test_recipients = serializers.ListField(
        child=serializers.CharField(max_length=RECIPIENT_LENGTH),
        min_length=1,
        max_length=MAX_TEST_RECIPIENTS,
    )


class TestSentSerializer(serializers.Serializer[Any]):
    recipient = serializers.CharField()
    message_id = serializers.CharField()
    trace_id = serializers.CharField()


class TestSendAnswerSerializer(serializers.Serializer[Any]):
    messages = TestSentSerializer(many=True)


class TemplateListView(generics.ListAPIView[MessageTemplate]):
    """`GET /api/template/list`, by `channel`, `push_mode`, `status`."""

    permission_classes = [HasAccess]
    access = {"get": READS}
    serializer_class = TemplateSerializer
    filterset_fields = ["channel", "push_mode", "status"]
    ordering_fields = ["id", "name", "code", "updated_at"]
    queryset = MessageTemplate.objects.order_by("-id")


class TemplateCreateView(IdempotentPosts):
    """`POST /api/template`."""

    permission_classes = [HasAccess]
    access = {"post": WRITES}

    @extend_schema(request=TemplateSerializer, responses={201: TemplateSerializer})
    def post(self, request: Request) -> Response:
        serializer = TemplateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        template = template_save(
            MessageTemplate(**serializer.validated_data), actor=actor_of(request).user
        )
        return Response(TemplateSerializer(template).data, status.HTTP_201_CREATED)


class TemplateView(APIView):
    """One template; DELETE only switches off one that was ever used."""

    permission_classes = [HasAccess]
    access = {"get": READS, "put": WRITES, "delete": WRITES}

    @extend_schema(responses=TemplateSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(TemplateSerializer(get_object_or_404(MessageTemplate, pk=pk)).data)

    @extend_schema(request=TemplateSerializer, responses=TemplateSerializer)
    @transaction.atomic
    def put(self, request: Request, pk: int) -> Response:
        template = get_object_or_404(MessageTemplate.objects.select_for_update(), pk=pk)
        serializer = TemplateSerializer(template, data=request.data)
        serializer.is_valid(raise_exception=True)
        for name, value in serializer.validated_data.items():
            setattr(template, name, value)
        saved = template_save(template, actor=actor_of(request).user)
        return Response(TemplateSerializer(saved).data)

    @extend_schema(responses={200: TemplateSerializer, 204: None})
    def delete(self, request: Request, pk: int) -> Response:
        template = get_object_or_404(MessageTemplate, pk=pk)
        if template_remove(template):
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(TemplateSerializer(template).data)


class TemplatePreviewView(APIView):
    """The template filled in; what is missing stays as it was written, and is named."""

    permission_classes = [HasAccess]
    access = {"post": READS}

    @extend_schema(request=PreviewSerializer, responses=PreviewAnswerSerializer)
    def post(self, request: Request, pk: int) -> Response:
        template = get_object_or_404(MessageTemplate, pk=pk)
        serializer = PreviewSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        preview = template_preview(template, serializer.validated_data["variables"])
        return Response(asdict(preview))


class TemplateTestSendView(IdempotentPosts):
    """Sends to at most 20 addresses, at once, whatever the template's push mode."""

    permission_classes = [HasAccess]
    access = {"post": Rule(ADMINS, Scope.MESSAGES_SEND)}

    @extend_schema(request=TestSendSerializer, responses={202: TestSendAnswerSerializer})
    def post(self, request: Request) -> Response:
        serializer = TestSendSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        template = template_active(template_id=data["template_id"], code=None)
        messages = template_test_send(
            template=template,
            recipients=data["test_recipients"],
            variables=data["variables"],
            actor=actor_of(request).user,
        )
        sent = [
            {"recipient": asked, "message_id": message.message_id, "trace_id": message.trace_id}
            for asked, message in zip(data["test_recipients"], messages, strict=True)
        ]
        return Response({"messages": sent}, status.HTTP_202_ACCEPTED)
