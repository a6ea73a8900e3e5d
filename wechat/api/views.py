"""`/api/wechat/work-message` for WeCom and for authenticated callers, and `/work/command`."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.auth import principal_name
from config.api.idempotency import IdempotentPosts
from config.api.keys import ApiClient, Scope
from config.api.permissions import STAFF, HasAccess, Rule
from config.errors import InvalidInputError
from customers.actors import Actor, Entry, actor_for
from customers.models import User
from customers.queries.staff import staff_by_wecom_user_id
from wechat.api import serializers as s
from wechat.callbacks import crypto, door
from wechat.commands.handlers import run_command


@dataclass(frozen=True)
class Acting:
    """Whom the request names in which of its fields, and the group it speaks of."""

    user_id: str
    field: str
    chat_id: str = ""

    def actor(self, request: Request) -> Actor:
        """The logged-in colleague, or whom an API key names. Nobody can act as another."""
        if isinstance(request.user, ApiClient):
            named = staff_by_wecom_user_id(self.user_id)
            if named is None:
                raise InvalidInputError(
                    "没有这个企业微信账号的员工", code="unknown_staff", attr=self.field
                )
            return actor_for(named, Entry.API, chat_id=self.chat_id)
        assert isinstance(request.user, User)  # permissions let no one else through
        return actor_for(request.user, Entry.API, chat_id=self.chat_id)


class _CommandView(IdempotentPosts):
    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.TICKETS_WRITE)}

    def run(self, request: Request, content: str, acting: Acting, *, message_id: str) -> Response:
        source_id = f"{principal_name(request)}:{message_id}" if message_id else ""
        result = run_command(
            content,
            actor=acting.actor(request),
            bot_name=settings.AIBOT_NAME,
            source_id=source_id,
        )
        return Response(
            {
                "type": "command_response",
                "response": result.text,
                "data": {"handled": result.handled, "ticket_id": result.ticket_id},
            }
        )


class WorkMessageView(_CommandView):
    """One URL, three callers: WeCom's check, WeCom's encrypted XML, and our clients' JSON."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The platform signs its requests and knows neither tokens nor DRF.
        if request.method == "GET":
            return door.verify_url(request, crypto.app_keys())
        if request.method == "POST" and request.content_type != "application/json":
            return door.receive_app(request)
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        operation_id="wechat_work_message",
        request=s.WorkMessageSerializer,
        responses=s.CommandAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """The JSON of seed 001, for callers with a token or an API key."""
        serializer = s.WorkMessageSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        acting = Acting(data.get("FromUserName", ""), "FromUserName")
        return self.run(request, data["Content"], acting, message_id=data.get("MsgId", ""))


class CommandView(_CommandView):
    """`POST /api/wechat/work/command {userid, content, chat_id?}`."""

    @extend_schema(request=s.CommandSerializer, responses=s.CommandAnswerSerializer)
    def post(self, request: Request) -> Response:
        serializer = s.CommandSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        acting = Acting(data.get("userid", ""), "userid", data.get("chat_id", ""))
        return self.run(request, data["content"], acting, message_id=data.get("msgid", ""))
