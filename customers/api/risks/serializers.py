"""Risks as JSON (contract.md §3)."""

from typing import Any

from rest_framework import serializers

from customers.actions.risk import NOTE_LENGTH
from customers.models import RiskLevel, RiskWarning, WarningOutcome
from customers.queries.risk import KINDS

LEVELS = [level for level in RiskLevel.values if level != RiskLevel.NONE]


class RiskFilterSerializer(serializers.Serializer[Any]):
    """`days`: how long silent (kind `silent`), else how far back a deletion, block or loss counts."""

    kind = serializers.ChoiceField(choices=list(KINDS), required=False)
    level = serializers.ChoiceField(choices=LEVELS, required=False)
    owner = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    days = serializers.IntegerField(min_value=1, max_value=3650, required=False)


class DaysSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(min_value=1, max_value=365, default=90)


class ReasonSerializer(serializers.Serializer[Any]):
    """One part of the score; `at` is when that happened."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    points = serializers.IntegerField()
    evidence = serializers.CharField()
    at = serializers.DateTimeField()


class WarningSerializer(serializers.ModelSerializer[RiskWarning]):
    reasons = ReasonSerializer(many=True)
    task_id = serializers.IntegerField(source="follow_up_task_id", allow_null=True)

    class Meta:
        model = RiskWarning
        fields = [
            "id",
            "score",
            "level",
            "reasons",
            "outcome",
            "task_id",
            "alerted_at",
            "raised_at",
            "settled_at",
        ]
        read_only_fields = fields


class RiskSerializer(serializers.Serializer[Any]):
    """`score` is the sum of the reasons' points, at most 100."""

    score = serializers.IntegerField(source="assessment.score")
    level = serializers.CharField(source="assessment.level")
    reasons = serializers.SerializerMethodField()
    warning = WarningSerializer(allow_null=True)

    def get_reasons(self, found: Any) -> list[dict[str, Any]]:
        return [dict(reason.as_data()) for reason in found.assessment.reasons]


class RiskCustomerSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    company = serializers.CharField()
    status = serializers.IntegerField()
    follow_user_id = serializers.IntegerField(allow_null=True)
    follow_user_name = serializers.SerializerMethodField()
    last_active_at = serializers.DateTimeField(allow_null=True)
    blocked_at = serializers.DateTimeField(allow_null=True)
    lost_at = serializers.DateTimeField(allow_null=True)

    def get_follow_user_name(self, customer: Any) -> str:
        return customer.follow_user.display_name if customer.follow_user else ""


class AtRiskSerializer(RiskSerializer):
    customer = RiskCustomerSerializer()


class SettleSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(
        choices=[value for value in WarningOutcome.values if value != WarningOutcome.OPEN]
    )
    note = serializers.CharField(
        max_length=NOTE_LENGTH, required=False, allow_blank=True, default=""
    )


class RateSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    hit = serializers.IntegerField()
    saved = serializers.IntegerField()
    missed = serializers.IntegerField()
    hit_rate = serializers.FloatField(allow_null=True)


class LevelRateSerializer(RateSerializer):
    level = serializers.CharField()


class SignalRateSerializer(RateSerializer):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class AccuracySerializer(serializers.Serializer[Any]):
    """`hit_rate` is hit / (hit + missed), null while nothing is known."""

    days = serializers.IntegerField()
    overall = RateSerializer()
    by_level = LevelRateSerializer(many=True)
    by_signal = SignalRateSerializer(many=True)
    late = serializers.IntegerField()
    losses = serializers.IntegerField()
    unwarned = serializers.IntegerField()
