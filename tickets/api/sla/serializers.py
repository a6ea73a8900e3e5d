"""Policies, their versions and what they would do, as JSON."""

from typing import Any

from rest_framework import serializers

from config.runtime import store
from customers.models import Tag
from tickets.models import Clock, Priority, SlaApplication, SlaPolicy, SlaPolicyVersion
from tickets.sla.effects import Move, Preview
from tickets.sla.policies import rules_in_force
from tickets.sla.rules import (
    LADDER_SETTING,
    MAX_CHOSEN,
    MAX_MINUTES,
    MAX_PERCENT,
    MAX_RANK,
    MAX_RUNGS,
    NAME_LENGTH,
    PRODUCT_LENGTH,
    TELL,
)

MAX_ID = 2**63 - 1


class RungSerializer(serializers.Serializer[Any]):
    """At `percent` of the time `tell` are told: `assignee`, `supervisor`, `group`."""

    percent = serializers.IntegerField(min_value=1, max_value=MAX_PERCENT)
    tell = serializers.ListField(
        child=serializers.ChoiceField(choices=list(TELL.items())), allow_empty=False, max_length=3
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A PATCH of the policy asks for whole rungs too."""
        missing = {
            name: field.error_messages["required"]
            for name, field in self.fields.items()
            if name not in attrs
        }
        if missing:
            raise serializers.ValidationError(missing, code="required")
        return attrs


class TagOfPolicySerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ["id", "name"]
        read_only_fields = fields


class PolicySerializer(serializers.ModelSerializer[SlaPolicy]):
    tags = TagOfPolicySerializer(many=True)
    ladder = RungSerializer(many=True)
    priorities = serializers.ListField(child=serializers.CharField())
    products = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = SlaPolicy
        fields = [
            "id",
            "name",
            "rank",
            "is_active",
            "priorities",
            "products",
            "tags",
            "response_minutes",
            "resolution_minutes",
            "clock",
            "ladder",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class PolicyVersionSerializer(serializers.ModelSerializer[SlaPolicyVersion]):
    """`rules` as they were; tags by their ids."""

    rules = serializers.DictField()
    changed_by = serializers.CharField(source="changed_by.display_name", default=None)

    class Meta:
        model = SlaPolicyVersion
        fields = ["version", "rules", "changed_by", "changed_at"]
        read_only_fields = fields


class RulesSerializer(serializers.Serializer[Any]):
    """What a policy says; what is left out has its default. An empty condition fits every ticket.

    `ladder` defaults to the runtime setting `ticket.sla_ladder`.
    """

    name = serializers.CharField(max_length=NAME_LENGTH)
    rank = serializers.IntegerField(min_value=0, max_value=MAX_RANK, default=100)
    is_active = serializers.BooleanField(default=True)
    priorities = serializers.ListField(
        child=serializers.ChoiceField(choices=Priority.choices), max_length=4, default=list
    )
    products = serializers.ListField(
        child=serializers.CharField(max_length=PRODUCT_LENGTH), max_length=MAX_CHOSEN, default=list
    )
    tag_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID),
        max_length=MAX_CHOSEN,
        default=list,
        source="tags",
    )
    response_minutes = serializers.IntegerField(
        min_value=1, max_value=MAX_MINUTES, allow_null=True, default=None
    )
    resolution_minutes = serializers.IntegerField(
        min_value=1, max_value=MAX_MINUTES, allow_null=True, default=None
    )
    clock = serializers.ChoiceField(choices=Clock.choices, default=Clock.WORKING)
    ladder = serializers.ListField(child=RungSerializer(), max_length=MAX_RUNGS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "没有这个字段"))
        return attrs

    def whole(self, policy: SlaPolicy | None = None) -> dict[str, Any]:
        """Every rule: a PATCH leaves what it does not name, a PUT without a ladder takes the setting's."""
        given = {**self.validated_data}
        if self.partial and policy is not None:
            present = rules_in_force(policy)
            return {**(present.as_json() if present else {}), **given}
        return {"ladder": store.get(LADDER_SETTING), **given}


class PolicyInputSerializer(RulesSerializer):
    """With `version`, the present one must be that."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class PreviewInputSerializer(RulesSerializer):
    """With `policy_id` as that policy's next version, else as a new policy."""

    policy_id = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, allow_null=True
    )


class PromiseSerializer(serializers.Serializer[Any]):
    policy = serializers.CharField(allow_null=True)
    response_due_at = serializers.DateTimeField(allow_null=True)
    deadline = serializers.DateTimeField()


class ExampleSerializer(serializers.Serializer[Any]):
    ticket_id = serializers.IntegerField()
    title = serializers.CharField()
    customer = serializers.CharField()
    priority = serializers.CharField()
    old = PromiseSerializer()
    new = PromiseSerializer()


class PreviewSerializer(serializers.Serializer[Any]):
    """Of the open tickets, newest first; not `is_complete` where there are too many to look at."""

    open_tickets = serializers.IntegerField()
    examined = serializers.IntegerField()
    is_complete = serializers.BooleanField()
    moved = serializers.IntegerField()
    become_overdue = serializers.IntegerField()
    no_longer_overdue = serializers.IntegerField()
    examples = ExampleSerializer(many=True)


class ApplicationSerializer(serializers.ModelSerializer[SlaApplication]):
    """`finished_at` is null while it runs; the counts grow meanwhile."""

    started_by = serializers.CharField(source="started_by.display_name", default=None)

    class Meta:
        model = SlaApplication
        fields = [
            "id",
            "policy_id",
            "version",
            "started_by",
            "created_at",
            "finished_at",
            "examined",
            "moved",
            "become_overdue",
            "no_longer_overdue",
        ]
        read_only_fields = fields


def preview_json(found: Preview) -> dict[str, Any]:
    numbers = ("open_tickets", "examined", "is_complete", "moved")
    effects = ("become_overdue", "no_longer_overdue")
    return {
        **{name: getattr(found, name) for name in (*numbers, *effects)},
        "examples": [example_json(move) for move in found.examples],
    }


def example_json(move: Move) -> dict[str, Any]:
    ticket = move.ticket
    return {
        "ticket_id": ticket.pk,
        "title": ticket.title,
        "customer": ticket.customer.name,
        "priority": ticket.priority,
        "old": {
            "policy": ticket.sla_policy.name if ticket.sla_policy else None,
            "response_due_at": ticket.response_due_at,
            "deadline": ticket.deadline,
        },
        "new": {
            "policy": move.found.rules.name if move.found else None,
            "response_due_at": move.response_due_at,
            "deadline": move.deadline,
        },
    }
