"""What the calls of a chat's way take, and its events as JSON."""

from typing import Any

from rest_framework import serializers

from tickets.models import ChatEvent, Priority


class EndSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class TeamEndSerializer(EndSerializer):
    """`summary` (服务小结) is kept as an internal note."""

    summary = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ToTicketSerializer(serializers.Serializer[Any]):
    """Without a title the customer's first words serve."""

    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    product = serializers.CharField(max_length=100, required=False, allow_blank=True)


class ChatTransferSerializer(serializers.Serializer[Any]):
    """`agent` is a user name, WeCom id or name; `group` a group's number. One of the two."""

    agent = serializers.CharField(max_length=150, required=False)
    group = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class WhisperSerializer(serializers.Serializer[Any]):
    content = serializers.CharField(max_length=5000)


class RateSerializer(serializers.Serializer[Any]):
    score = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ChatEventSerializer(serializers.ModelSerializer[ChatEvent]):
    class Meta:
        model = ChatEvent
        fields = [
            "id",
            "kind",
            "from_value",
            "to_value",
            "note",
            "actor_name",
            "door",
            "created_at",
        ]
        read_only_fields = fields
