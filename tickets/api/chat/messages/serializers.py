"""What the calls of messages take and answer."""

from typing import Any

from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from tickets.api.chat.chat import ChatMessageSerializer
from tickets.chat.messages import content
from tickets.chat.messages.queries import MOST, USUAL
from tickets.models import ChatMessageType

# The largest `PositiveIntegerField`.
NUMBER: dict[str, Any] = {"min_value": 0, "max_value": 2**31 - 1}


class PageAskedSerializer(serializers.Serializer[Any]):
    """`after`: what follows that number. `before`: the last ones ahead of it. Neither: the newest."""

    after = serializers.IntegerField(**NUMBER, required=False)
    before = serializers.IntegerField(**NUMBER, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "after" in attrs and "before" in attrs:
            raise serializers.ValidationError({"before": "after 与 before 只能给一个"})
        return attrs


class MessagePageSerializer(serializers.Serializer[Any]):
    """Oldest first. Who has `last_number` has everything."""

    list = ChatMessageSerializer(many=True)
    last_number = serializers.IntegerField()


class _Text(serializers.CharField):
    """Trimmed and measured by the action, which every door asks."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True, **options)


class CustomerSaysSerializer(CamelCaseInput, serializers.Serializer[Any]):
    content = _Text(help_text=f"1 到 {content.CONTENT_LENGTH} 个字")
    type = _Text(default=ChatMessageType.TEXT.value, help_text="text；文件由 files 上传")
    client_id = _Text(default="", help_text="客户端自己的编号；同一编号再发一次，得到第一次的消息")


class AgentSaysSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """`data` of a card: `{title, description, url?, ticket_id?}`; of quick replies: `{options}`."""

    content = _Text(default="")
    type = serializers.ChoiceField(choices=ChatMessageType.choices, default=ChatMessageType.TEXT)
    data = serializers.DictField(default=dict)  # type: ignore[assignment]
    client_id = _Text(default="")
    last_seen = serializers.IntegerField(
        **NUMBER,
        required=False,
        allow_null=True,
        default=None,
        help_text="已看到的最大序号；此后有同事回复时为 409，missed 为其消息",
    )


class NoteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    content = _Text(help_text="`@姓名` 提醒同事")
    client_id = _Text(default="")


class FileGivenSerializer(CamelCaseInput, serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, max_length=1000)
    content = _Text(default="")
    client_id = _Text(default="")


class AgentFileGivenSerializer(FileGivenSerializer):
    last_seen = serializers.IntegerField(**NUMBER, required=False, allow_null=True, default=None)


class UpToSerializer(CamelCaseInput, serializers.Serializer[Any]):
    up_to = serializers.IntegerField(**NUMBER)


class MarkedSerializer(serializers.Serializer[Any]):
    """How many messages are read now that were not before."""

    changed = serializers.IntegerField()
