"""Messages as JSON (contract.md §2)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from messaging.actions.send import Addressee
from messaging.models import Message
from messaging.models.message import RECIPIENT_LENGTH
from messaging.sending.accept import MAX_BATCH

MAX_DELAY_SECONDS = 365 * 24 * 3600


class _SendOptionsSerializer(serializers.Serializer[Any]):
    template_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    template_code = serializers.CharField(max_length=64, required=False)
    variables = serializers.DictField(required=False, default=dict)
    priority = serializers.IntegerField(min_value=0, max_value=10, default=5)
    send_at = serializers.DateTimeField(required=False)
    expires_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("template_id" in attrs) == ("template_code" in attrs):
            raise serializers.ValidationError(
                {"template_id": "请给出 template_id 或 template_code，只给一个"}
            )
        now = timezone.now()
        expires_at = attrs.get("expires_at")
        if expires_at is not None and expires_at <= max(now, attrs.get("send_at", now)):
            raise serializers.ValidationError({"expires_at": "过期时间必须晚于发送时间"})
        return attrs


class SendSerializer(_SendOptionsSerializer):
    recipient = serializers.CharField(max_length=RECIPIENT_LENGTH)
    delay_seconds = serializers.IntegerField(
        min_value=0, max_value=MAX_DELAY_SECONDS, required=False
    )
    dedupe_key = serializers.CharField(max_length=255, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "send_at" in attrs and "delay_seconds" in attrs:
            raise serializers.ValidationError(
                {"delay_seconds": "send_at 与 delay_seconds 只能给一个"}
            )
        if "delay_seconds" in attrs:
            delay = timedelta(seconds=attrs.pop("delay_seconds"))
            attrs["send_at"] = timezone.now() + delay
        return super().validate(attrs)


class SendBatchSerializer(_SendOptionsSerializer):
    """`recipients`: strings, or objects `{recipient, variables}`."""

    recipients = serializers.ListField(min_length=1, max_length=MAX_BATCH)

    def addressees(self) -> list[Addressee]:
        """Each recipient with the shared variables under its own; raises `ValidationError`."""
        shared = self.validated_data["variables"]
        return [
            self._addressee(index, item, shared)
            for index, item in enumerate(self.validated_data["recipients"])
        ]

    def _addressee(self, index: int, item: Any, shared: dict[str, Any]) -> Addressee:
        if isinstance(item, str):
            return Addressee(item, shared)
        own = item.get("variables", {}) if isinstance(item, dict) else None
        name = item.get("recipient") if isinstance(item, dict) else None
        if isinstance(own, dict) and isinstance(name, str):
            return Addressee(name, {**shared, **own})
        raise serializers.ValidationError(
            {"recipients": f"第 {index + 1} 项必须是字符串，或 {{recipient, variables}}"}
        )


class AcceptedSerializer(serializers.ModelSerializer[Message]):
    class Meta:
        model = Message
        fields = ["message_id", "trace_id", "status"]
        read_only_fields = fields


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
    status = serializers.ChoiceField(choices=["queued", "sending", "finished"])
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
            "provider_message_id",
            "error_code",
            "error_detail",
            "due_at",
            "expires_at",
            "created_at",
            "sent_at",
            "finished_at",
        ]
        read_only_fields = fields
