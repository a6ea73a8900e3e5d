"""Questions about two customers as JSON."""

from typing import Any

from rest_framework import serializers

from customers.merging.cases import NOTE_LENGTH
from customers.models import Customer, MergeCase

_ID: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class MergePersonSerializer(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = [
            "id",
            "name",
            "phone",
            "company",
            "channel",
            "status",
            "external_userid",
            "unionid",
        ]
        read_only_fields = fields


class MergeCaseSerializer(serializers.ModelSerializer[MergeCase]):
    """`first` is the older record."""

    first = MergePersonSerializer()
    second = MergePersonSerializer()
    evidence = serializers.ListField(child=serializers.CharField())
    decided_by_name = serializers.SerializerMethodField()

    class Meta:
        model = MergeCase
        fields = [
            *("id", "first", "second", "reason", "evidence", "status", "decided_by_name"),
            *("decided_at", "note", "created_at"),
        ]
        read_only_fields = fields

    def get_decided_by_name(self, case: MergeCase) -> str:
        return case.decided_by.display_name if case.decided_by else ""


class ProposalSerializer(serializers.Serializer[Any]):
    first = serializers.IntegerField(**_ID)
    second = serializers.IntegerField(**_ID)
    note = serializers.CharField(
        max_length=NOTE_LENGTH, required=False, allow_blank=True, default=""
    )


class DismissSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(
        max_length=NOTE_LENGTH, required=False, allow_blank=True, default=""
    )


class MergeDecisionSerializer(DismissSerializer):
    """`keep`: whose record goes on. There is no way back."""

    keep = serializers.IntegerField(**_ID)
