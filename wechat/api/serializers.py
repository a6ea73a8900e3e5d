"""Commands over JSON (seed 001, contract.md §5)."""

from typing import Any

from rest_framework import serializers

COMMAND_LENGTH = 20_000


class WorkMessageSerializer(serializers.Serializer[Any]):
    """The JSON of seed 001. Who acts is the caller; `FromUserName` counts for API keys only.

    The same `MsgId` again gets the first answer and does nothing.
    """

    ToUserName = serializers.CharField(max_length=64, required=False, allow_blank=True)
    FromUserName = serializers.CharField(max_length=64, required=False, allow_blank=True)
    MsgType = serializers.ChoiceField(choices=["text"])
    Content = serializers.CharField(max_length=COMMAND_LENGTH, trim_whitespace=False)
    MsgId = serializers.CharField(max_length=64, required=False, allow_blank=True)


class CommandSerializer(serializers.Serializer[Any]):
    """`chat_id` names the group that the command belongs to, if any.

    The same `msgid` again gets the first answer and does nothing.
    """

    userid = serializers.CharField(max_length=64, required=False, allow_blank=True)
    content = serializers.CharField(max_length=COMMAND_LENGTH, trim_whitespace=False)
    chat_id = serializers.CharField(max_length=64, required=False, allow_blank=True)
    msgid = serializers.CharField(max_length=64, required=False, allow_blank=True)


class CommandDataSerializer(serializers.Serializer[Any]):
    handled = serializers.BooleanField()
    ticket_id = serializers.IntegerField(allow_null=True)


class CommandAnswerSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(default="command_response")
    response = serializers.CharField()
    data = CommandDataSerializer()  # type: ignore[assignment]
