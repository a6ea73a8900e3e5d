"""Messages and batches as JSON (contract.md §2)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from config.database import clock
from messaging.actions.send import Addressee
from messaging.models import ChannelType, Message
from messaging.models.message import RECIPIENT_LENGTH
from messaging.sending.accept import MAX_BATCH

MAX_DELAY_SECONDS = 365 * 24 * 3600


class VariablesField(serializers.DictField):
    """Names to values: text, numbers, or objects for dotted names."""

    def run_child_validation(self, data: Any) -> Any:
        return dict(data)


class _SendOptionsSerializer(serializers.Serializer[Any]):
    template_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    template_code = serializers.CharField(max_length=64, required=False)
    variables = VariablesField(required=False, default=dict)
    priority = serializers.IntegerField(min_value=0, max_value=10, default=5)
    send_at = serializers.DateTimeField(required=False)
    expires_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("template_id" in attrs) == ("template_code" in attrs):
            raise serializers.ValidationError(
                {"template_id": "请给出 template_id 或 template_code，只给一个"}
            )
        now = clock.now()
        expires_at = attrs.get("expires_at")
        if expires_at is not None and expires_at <= max(now, attrs.get("send_at", now)):
            raise serializers.ValidationError({"expires_at": "过期时间必须晚于发送时间"})
        return attrs


class SendSerializer(_SendOptionsSerializer):
    recipient = serializers.CharField(max_length=RECIPIENT_LENGTH, required=False)
    customer_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    channel = serializers.ChoiceField(choices=ChannelType.choices, required=False)
    delay_seconds = serializers.IntegerField(
        min_value=0, max_value=MAX_DELAY_SECONDS, required=False
    )
    dedupe_key = serializers.CharField(max_length=255, required=False)
    fallback_channels = serializers.ListField(
        child=serializers.ChoiceField(choices=ChannelType.choices), max_length=8, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "send_at" in attrs and "delay_seconds" in attrs:
            raise serializers.ValidationError(
                {"delay_seconds": "send_at 与 delay_seconds 只能给一个"}
            )
        if "recipient" not in attrs and "customer_id" not in attrs:
            raise serializers.ValidationError({"recipient": "请给出 recipient 或 customer_id"})
        if "delay_seconds" in attrs:
            delay = timedelta(seconds=attrs.pop("delay_seconds"))
            attrs["send_at"] = clock.now() + delay
        return super().validate(attrs)


class RecipientsField(serializers.ListField):
    """Strings, or objects `{recipient, variables}`; looked at once, since there may be 10,000."""

    def run_child_validation(self, data: Any) -> Any:
        addressees, wrong = [], {}
        for index, item in enumerate(data):
            addressee = _addressee(item)
            if addressee is None:
                wrong[str(index)] = ["必须是字符串，或 {recipient, variables}"]
            else:
                addressees.append(addressee)
        if wrong:
            raise serializers.ValidationError(dict(list(wrong.items())[:20]))
        return addressees


class SendBatchSerializer(_SendOptionsSerializer):
    """`segment_id`: everybody whom that segment finds now, in the place of `recipients`."""

    recipients = RecipientsField(min_length=1, max_length=MAX_BATCH, required=False)
    segment_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "recipients" in attrs and "segment_id" in attrs:
            raise serializers.ValidationError({"segment_id": "recipients 与 segment_id 只能给一个"})
        if "recipients" not in attrs and "segment_id" not in attrs:
            raise serializers.ValidationError({"recipients": "请给出 recipients"}, "required")
        return super().validate(attrs)


def _addressee(item: Any) -> Addressee | None:
    if isinstance(item, str):
        return Addressee(item)
    if isinstance(item, Mapping):
        recipient, variables = item.get("recipient"), item.get("variables", {})
        if isinstance(recipient, str) and isinstance(variables, dict):
            return Addressee(recipient, variables)
    return None


class AcceptedSerializer(serializers.Serializer[Any]):
    message_id = serializers.CharField()
    trace_id = serializers.CharField()
    status = serializers.CharField(
        help_text="queued or scheduled; deduplicated: an earlier message with this content"
    )


class RejectedSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    recipient = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class AcceptedBatchSerializer(serializers.Serializer[Any]):
    batch_id = serializers.CharField()
    total = serializers.IntegerField()
    accepted = serializers.IntegerField()
    rejected = RejectedSerializer(many=True)
    status_url = serializers.CharField()


class BatchSerializer(serializers.Serializer[Any]):
    """Counts add up to `total`: scheduled ones are queued, uncertain and expired ones failed."""

    batch_id = serializers.CharField()
    status = serializers.ChoiceField(
        choices=["scheduled", "queued", "sending", "paused", "finished", "cancelled"]
    )
    total = serializers.IntegerField()
    queued = serializers.IntegerField()
    sending = serializers.IntegerField()
    sent = serializers.IntegerField()
    delivered = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    percent = serializers.FloatField()
    rate_per_second = serializers.FloatField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class MessageSerializer(serializers.ModelSerializer[Message]):
    trace_id = serializers.CharField()
    template = serializers.CharField(source="template.code", default=None)
    batch = serializers.CharField(source="batch.batch_id", default=None)

    class Meta:
        model = Message
        fields = [
            "message_id",
            "trace_id",
            "channel",
            "recipient",
            "customer",
            "template",
            "template_version",
            "batch",
            "priority",
            "status",
            "attempts",
            "fallback_channels",
            "provider_message_id",
            "error_code",
            "error_detail",
            "due_at",
            "expires_at",
            "created_at",
            "sent_at",
            "delivered_at",
            "finished_at",
        ]
        read_only_fields = fields


class TraceNodeSerializer(serializers.Serializer[Any]):
    node = serializers.ChoiceField(choices=["queue", "process", "send", "callback"])
    status = serializers.CharField()
    at = serializers.DateTimeField()
    duration_ms = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(allow_blank=True)


class TraceSerializer(serializers.Serializer[Any]):
    """`expired`: older than seven days, answered from the message's row alone."""

    trace_id = serializers.CharField()
    message_id = serializers.CharField()
    channel = serializers.CharField()
    status = serializers.CharField()
    nodes = TraceNodeSerializer(many=True)
    total_ms = serializers.IntegerField(allow_null=True)
    expired = serializers.BooleanField()
