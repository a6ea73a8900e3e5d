"""`POST /api/wechat/group-bot-notify` (contract.md §5)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.idempotency import IdempotentPosts
from config.api.permissions import HasAccess
from config.api.rate_limits import RateLimited
from config.errors import InvalidInputError
from customers.api.actor import actor_of
from messaging.api.access import SENDS
from messaging.api.serializers import AcceptedSerializer
from messaging.channels import registry
from messaging.channels.base import Content
from messaging.models import BodyFormat, ChannelType
from messaging.sending.accept import NewMessage, message_accept
from wechat.channels.group_bot.sender import MAX_MENTIONS

CONTENT_LENGTH = 4096


class NotifySerializer(serializers.Serializer[Any]):
    """`bot_id` or `group_id` names the robot; `mentioned_list` (text alone): accounts, or `@all`."""

    bot_id = serializers.CharField(max_length=64, required=False)
    group_id = serializers.CharField(max_length=64, required=False)
    msgtype = serializers.ChoiceField(choices=[BodyFormat.TEXT.value, BodyFormat.MARKDOWN.value])
    content = serializers.CharField(max_length=CONTENT_LENGTH)
    mentioned_list = serializers.ListField(
        child=serializers.CharField(max_length=64), max_length=MAX_MENTIONS, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("bot_id" in attrs) == ("group_id" in attrs):
            raise serializers.ValidationError({"bot_id": "请给出 bot_id 或 group_id，只给一个"})
        if attrs.get("mentioned_list") and attrs["msgtype"] != BodyFormat.TEXT:
            raise serializers.ValidationError(
                {"mentioned_list": "只有 msgtype 为 text 时可以 @ 成员"}
            )
        return attrs


class GroupBotNotifyView(RateLimited, IdempotentPosts):
    """Says something in an internal group by its webhook robot; 202 once it is durable."""

    permission_classes = [HasAccess]
    access = {"post": SENDS}
    rate_limit_name = "api_send_message"

    @extend_schema(
        operation_id="wechat_group_bot_notify",
        request=NotifySerializer,
        responses={202: AcceptedSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = NotifySerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        message = message_accept(_message(asked.validated_data), created_by=actor_of(request).user)
        answer = {
            "message_id": message.message_id,
            "trace_id": message.trace_id,
            "status": message.status,
        }
        return Response(answer, status.HTTP_202_ACCEPTED)


def _message(data: dict[str, Any]) -> NewMessage:
    """Raises `InvalidInputError` naming the field at fault."""
    channel = registry.get(ChannelType.GROUP_BOT)
    named = "bot_id" if "bot_id" in data else "group_id"
    options = {"mentioned_list": data["mentioned_list"]} if data.get("mentioned_list") else {}
    content = Content(
        BodyFormat(data["msgtype"]), subject="", body=data["content"], options=options
    )
    try:
        to = channel.recipient(data[named])
    except InvalidInputError as error:
        raise InvalidInputError(error.detail, code=error.code, attr=named) from None
    try:
        channel.check_template(content)
    except InvalidInputError as error:
        raise InvalidInputError(error.detail, code=error.code, attr="content") from None
    return NewMessage(
        channel=channel.code,
        recipient=to.address,
        account=to.account,
        payload=channel.compose(content),
    )
