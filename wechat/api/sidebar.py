"""The sidebar's calls (contract.md §5): what it shows, its signature, sending, reading from WeCom."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from customers.visibility import customers_visible_to
from messaging.actions.send import Options, SingleSend, message_send
from messaging.api.serializers import AcceptedSerializer, VariablesField
from messaging.templates_in_use import template_active
from wechat.models import SyncJobKind
from wechat.sidebar.data import sidebar_data
from wechat.sidebar.signatures import URL_LENGTH, signed_page
from wechat.sync.jobs import wish

MAX_ID = 2**63 - 1
# A colleague sends by hand: before what batches send.
PRIORITY = 7


class JsSdkSerializer(serializers.Serializer[Any]):
    """What `wx.config` (config_signature) and `wx.agentConfig` (agent_signature) are given."""

    corp_id = serializers.CharField()
    agent_id = serializers.IntegerField()
    timestamp = serializers.IntegerField()
    nonce_str = serializers.CharField()
    config_signature = serializers.CharField()
    agent_signature = serializers.CharField()


class SidebarFilterSerializer(serializers.Serializer[Any]):
    """`url`: the page to sign for; without one nothing is signed."""

    external_userid = serializers.CharField(max_length=64)
    url = serializers.CharField(max_length=URL_LENGTH, required=False, default="")


class UrlFilterSerializer(serializers.Serializer[Any]):
    url = serializers.CharField(max_length=URL_LENGTH)


class SidebarSerializer(serializers.Serializer[Any]):
    """`quick_actions`: code, label, the call that does it, and what may be chosen.

    `js_sdk` is null without `url`, and for the moment in which tickets are being fetched.
    """

    customer = serializers.DictField()
    tags = serializers.ListField(child=serializers.DictField())
    projects = serializers.ListField(child=serializers.DictField())
    tickets = serializers.ListField(child=serializers.DictField())
    chats = serializers.ListField(child=serializers.DictField())
    follow_ups = serializers.ListField(child=serializers.DictField())
    quick_actions = serializers.ListField(child=serializers.DictField())
    js_sdk = JsSdkSerializer(allow_null=True)


class SignedPageSerializer(serializers.Serializer[Any]):
    """`js_sdk` null: the tickets are being fetched; ask again in a second."""

    js_sdk = JsSdkSerializer(allow_null=True)


class SidebarSendSerializer(serializers.Serializer[Any]):
    customer_id = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    template_id = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    variables = VariablesField(required=False, default=dict)


class SidebarReadSerializer(serializers.Serializer[Any]):
    external_userid = serializers.RegexField(r"^[A-Za-z0-9_-]{1,64}$", max_length=64)


class SidebarDataView(APIView):
    """`GET /api/wechat/sidebar-data?external_userid=`; out of view is 404 as if there were none."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}

    @extend_schema(
        operation_id="wechat_sidebar_data",
        parameters=[SidebarFilterSerializer],
        responses=SidebarSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = SidebarFilterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        actor, data = actor_of(request), asked.validated_data
        visible = customers_visible_to(actor).select_related("follow_user")
        customer = get_object_or_404(visible, external_userid=data["external_userid"])
        signed = signed_page(data["url"], host=request.get_host()) if data["url"] else None
        return Response({**sidebar_data(customer, actor), "js_sdk": signed})


class JsSdkView(APIView):
    """`GET /api/wechat/js-sdk?url=`: the signature before one knows whom the chat is with."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF)}

    @extend_schema(
        operation_id="wechat_js_sdk",
        parameters=[UrlFilterSerializer],
        responses=SignedPageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = UrlFilterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        signed = signed_page(asked.validated_data["url"], host=request.get_host())
        return Response({"js_sdk": signed})


class SidebarSendView(IdempotentPosts):
    """`POST /api/wechat/sidebar-send`: a template to a customer in one's view, by its channel."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF)}

    @extend_schema(
        operation_id="wechat_sidebar_send",
        request=SidebarSendSerializer,
        responses={202: AcceptedSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = SidebarSendSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        actor, data = actor_of(request), asked.validated_data
        customer = get_object_or_404(customers_visible_to(actor), pk=data["customer_id"])
        template = template_active(template_id=data["template_id"], code=None)
        message, is_known = message_send(
            SingleSend(
                template=template,
                variables=data["variables"],
                options=Options(priority=PRIORITY),
                customer=customer,
            ),
            actor=actor.user,
        )
        answer = {
            "message_id": message.message_id,
            "trace_id": message.trace_id,
            "status": "deduplicated" if is_known else message.status,
        }
        return Response(answer, status.HTTP_202_ACCEPTED)


class SidebarReadView(IdempotentPosts):
    """`POST /api/wechat/sidebar-read {external_userid}`: reads a contact that is not known here yet."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF)}

    @extend_schema(
        operation_id="wechat_sidebar_read", request=SidebarReadSerializer, responses={202: None}
    )
    def post(self, request: Request) -> Response:
        asked = SidebarReadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wish(SyncJobKind.PULL_CONTACT, asked.validated_data["external_userid"])
        return Response(status=status.HTTP_202_ACCEPTED)
