"""Agents, presence and decisions as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets.api.colleague import ColleagueSerializer
from tickets.models import AgentPresence, DispatchDecision, PresenceStatus
from tickets.presence.standing import chosen_status, effective_status

HOLD_MINUTES = 24 * 60


class SkillSerializer(serializers.Serializer[Any]):
    product = serializers.CharField()
    level = serializers.IntegerField()


class AgentSerializer(serializers.Serializer[Any]):
    """`load` counts open tickets; `limit` is null for who has no profile."""

    id = serializers.IntegerField(source="user.pk")
    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.display_name")
    wecom_user_id = serializers.CharField(source="user.wecom_user_id", allow_null=True)
    presence = serializers.ChoiceField(choices=PresenceStatus.choices)
    holds_until = serializers.DateTimeField(allow_null=True)
    load = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)
    accepts_tickets = serializers.BooleanField()
    skills = SkillSerializer(many=True)


class PresenceSerializer(serializers.ModelSerializer[AgentPresence]):
    """`presence` is in force now; `status` is what the person chose, as far as it is remembered."""

    presence = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()

    class Meta:
        model = AgentPresence
        fields = ["presence", "status", "holds_until", "seen_at", "changed_at"]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=PresenceStatus.choices))
    def get_presence(self, presence: AgentPresence) -> str:
        return effective_status(presence, self.context["now"]).value

    @extend_schema_field(serializers.ChoiceField(choices=PresenceStatus.choices))
    def get_status(self, presence: AgentPresence) -> str:
        return chosen_status(presence, self.context["now"]).value


class PresenceSetSerializer(serializers.Serializer[Any]):
    """Without `hold_minutes` the status counts while a page of the person is open."""

    status = serializers.ChoiceField(choices=PresenceStatus.choices)
    hold_minutes = serializers.IntegerField(
        min_value=1, max_value=HOLD_MINUTES, required=False, allow_null=True
    )


class CandidateSerializer(serializers.Serializer[Any]):
    """`level` is null where the product does not matter; loads are those of that moment."""

    user_id = serializers.IntegerField()
    name = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    load = serializers.IntegerField()
    limit = serializers.IntegerField()
    is_owner = serializers.BooleanField()
    is_chosen = serializers.BooleanField()
    reason = serializers.CharField()


class DecisionSerializer(serializers.ModelSerializer[DispatchDecision]):
    """Without an `assignee` nobody could take the ticket then."""

    ticket_id = serializers.IntegerField()
    assignee = ColleagueSerializer(allow_null=True)
    taken_from = ColleagueSerializer(allow_null=True)
    candidates = CandidateSerializer(many=True)

    class Meta:
        model = DispatchDecision
        fields = [
            "id",
            "ticket_id",
            "trigger",
            "assignee",
            "taken_from",
            "reason",
            "candidates",
            "created_at",
        ]
        read_only_fields = fields
