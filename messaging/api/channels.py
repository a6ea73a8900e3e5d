"""`/api/channels…`: through whose accounts channels send; secrets go in and never come out."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, HasAccess, Rule
from messaging.actions.channel_accounts import (
    InvalidAccountError,
    account_save,
    account_verify,
    checked_parts,
)
from messaging.models import ChannelAccount, ChannelType

READS = Rule(ADMINS, Scope.MESSAGES_READ)
WRITES = Rule(ADMINS, Scope.CHANNELS_WRITE)


class ChannelSerializer(serializers.ModelSerializer[ChannelAccount]):
    """`settings` and `secrets` are the channel's own; secrets read back as `••••1234`."""

    channel = serializers.ChoiceField(choices=ChannelType.choices)
    code = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    settings = serializers.DictField(required=False, default=dict)
    secrets = serializers.DictField(
        child=serializers.CharField(max_length=4000, allow_blank=True),
        required=False,
        default=dict,
    )

    class Meta:
        model = ChannelAccount
        fields = [
            "id",
            "channel",
            "code",
            "name",
            "settings",
            "secrets",
            "is_active",
            "is_default",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["created_at", "updated_at"]
        # The action answers a taken code with 409.
        validators: list[Any] = []

    def to_representation(self, instance: ChannelAccount) -> dict[str, Any]:
        shown = super().to_representation(instance)
        shown["secrets"] = instance.masked_secrets
        return shown


class VerificationSerializer(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class ChannelListView(generics.ListAPIView[ChannelAccount], IdempotentPosts):
    """`GET` lists the accounts, `POST` makes one."""

    permission_classes = [HasAccess]
    access = {"get": READS, "post": WRITES}
    serializer_class = ChannelSerializer
    filterset_fields = ["channel", "is_active"]
    ordering_fields = ["id", "name", "code"]
    queryset = ChannelAccount.objects.order_by("id")

    @extend_schema(request=ChannelSerializer, responses={201: ChannelSerializer})
    def post(self, request: Request) -> Response:
        serializer = ChannelSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        account = _saved(ChannelAccount(), serializer.validated_data)
        return Response(ChannelSerializer(account).data, status.HTTP_201_CREATED)


class ChannelView(APIView):
    """A PUT without a secret keeps the stored one."""

    permission_classes = [HasAccess]
    access = {"get": READS, "put": WRITES}

    @extend_schema(responses=ChannelSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ChannelSerializer(get_object_or_404(ChannelAccount, pk=pk)).data)

    @extend_schema(request=ChannelSerializer, responses=ChannelSerializer)
    def put(self, request: Request, pk: int) -> Response:
        account = get_object_or_404(ChannelAccount, pk=pk)
        serializer = ChannelSerializer(account, data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        if data["channel"] != account.channel:
            raise serializers.ValidationError({"channel": "账号的渠道不能更改，请另建账号"})
        return Response(ChannelSerializer(_saved(account, data)).data)


class ChannelVerifyView(APIView):
    """The cheapest harmless call to the provider, and what it said."""

    permission_classes = [HasAccess]
    access = {"post": WRITES}

    @extend_schema(request=None, responses=VerificationSerializer)
    def post(self, request: Request, pk: int) -> Response:
        found = account_verify(get_object_or_404(ChannelAccount, pk=pk))
        return Response(VerificationSerializer(found).data)


def _saved(account: ChannelAccount, data: dict[str, Any]) -> ChannelAccount:
    try:
        settings, secrets = checked_parts(
            data["channel"], data["settings"], data["secrets"], account.secrets
        )
    except InvalidAccountError as error:
        raise serializers.ValidationError(_nested(error.errors)) from error
    for name in ("channel", "code", "name", "is_active", "is_default"):
        if name in data:
            setattr(account, name, data[name])
    account.settings, account.secrets = settings, secrets
    return account_save(account)


def _nested(errors: Any) -> dict[str, Any]:
    """`{"secrets.key": […]}` as `{"secrets": {"key": […]}}`, the way DRF nests."""
    found: dict[str, Any] = {}
    for path, messages in errors.items():
        part, _, name = path.partition(".")
        if name:
            found.setdefault(part, {})[name] = messages
        else:
            found[part] = messages
    return found
