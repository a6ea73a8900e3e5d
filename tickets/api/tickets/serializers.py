"""Tickets as JSON (contract.md §4)."""

from typing import Any

from rest_framework import serializers

from config.api.schema import ErrorResponseSerializer
from customers.models import Customer
from tickets.models import EventKind, Priority, Ticket, TicketEvent, Visibility
from tickets.states import TicketStatus


def version_field() -> serializers.IntegerField:
    """The version that the caller saw last; 0 is that of a ticket without any event."""
    return serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class TicketCustomerSerializer(serializers.ModelSerializer[Customer]):
    phone = serializers.CharField(source="phone_display")

    class Meta:
        model = Customer
        fields = ["id", "name", "phone", "company"]


TEAM_ONLY = ("sla_state", "response_due_at", "unanswered_since", "custom_fields")


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    project_id = serializers.IntegerField(read_only=True, allow_null=True)
    customer = TicketCustomerSerializer(read_only=True)
    assigned_to = serializers.CharField(read_only=True)
    assigned_to_name = serializers.CharField(read_only=True)
    overdue = serializers.BooleanField(read_only=True)
    merged_into = serializers.IntegerField(source="merged_into_id", read_only=True, allow_null=True)

    class Meta:
        model = Ticket
        fields = [
            "id",
            "title",
            "description",
            "product",
            "project_id",
            "status",
            "priority",
            "progress",
            "customer",
            "assigned_to",
            "assigned_to_name",
            "deadline",
            "overdue",
            "reminder_count",
            "last_reminder_at",
            "group_message_id",
            "created_at",
            "updated_at",
            "resolved_at",
            "version",
            "responded_at",
            "closed_at",
            "waiting_since",
            "cycle",
            "merged_into",
            *TEAM_ONLY,
        ]
        read_only_fields = fields


class OwnTicketSerializer(TicketSerializer):
    """A customer's own ticket: without what colleagues alone are to see."""

    class Meta(TicketSerializer.Meta):
        fields = [name for name in TicketSerializer.Meta.fields if name not in TEAM_ONLY]
        read_only_fields = fields


class TicketCreateSerializer(serializers.Serializer[Any]):
    """`customer_id`, or `customer_name` with or without `phone`."""

    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    description = serializers.CharField(max_length=10_000)
    customer_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    customer_name = serializers.CharField(max_length=100, required=False)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    company = serializers.CharField(max_length=200, required=False, allow_blank=True)
    product = serializers.CharField(max_length=100, required=False, allow_blank=True)
    project_id = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, allow_null=True
    )
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.NORMAL)
    deadline = serializers.DateTimeField(required=False, allow_null=True)
    custom_fields = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "customer_id" in attrs and "customer_name" in attrs:
            raise serializers.ValidationError(
                {"customer_name": "customer_id 与 customer_name 只能给一个"}
            )
        return attrs


class TicketEditSerializer(serializers.Serializer[Any]):
    """What a PATCH may change; of `custom_fields` those named.

    With `version`, a change that somebody made since is a 409 that says what it was.
    """

    title = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=10_000, required=False)
    product = serializers.CharField(max_length=100, required=False, allow_blank=True)
    project_id = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, allow_null=True
    )
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    deadline = serializers.DateTimeField(required=False)
    progress = serializers.IntegerField(min_value=0, max_value=100, required=False)
    custom_fields = serializers.DictField(required=False)
    version = version_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "这个字段不能修改"))
        return attrs


class AssignSerializer(serializers.Serializer[Any]):
    assignee = serializers.CharField(max_length=150, help_text="用户名、企业微信账号或姓名")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    version = version_field()


class ReplySerializer(serializers.Serializer[Any]):
    content = serializers.CharField(max_length=5000)
    visibility = serializers.ChoiceField(choices=Visibility.choices, default=Visibility.PUBLIC)


class TransitionSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=TicketStatus.choices)
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    version = version_field()


class ChangeSerializer(serializers.Serializer[Any]):
    """An event since; `fields` has each changed field's old and new value."""

    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    actor_name = serializers.CharField()
    entry = serializers.CharField()
    created_at = serializers.DateTimeField()
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(min_length=2, max_length=2)
    )


class TicketConflictSerializer(ErrorResponseSerializer):
    """With code `version_conflict`: the ticket as it is, and what changed since that version."""

    current = serializers.DictField(required=False)
    changed = ChangeSerializer(many=True, required=False)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class TicketEventSerializer(serializers.ModelSerializer[TicketEvent]):
    class Meta:
        model = TicketEvent
        fields = [
            "sequence",
            "kind",
            "visibility",
            "from_value",
            "to_value",
            "content",
            "changes",
            "actor_name",
            "entry",
            "is_from_customer",
            "created_at",
        ]
        read_only_fields = fields


class TeamTicketEventSerializer(TicketEventSerializer):
    """`before`: the ticket's fields as they were, where this event changed them."""

    class Meta(TicketEventSerializer.Meta):
        fields = [*TicketEventSerializer.Meta.fields, "before"]
        read_only_fields = fields


class RecentTicketSerializer(serializers.ModelSerializer[Ticket]):
    """A line of the summary; `assigned_to` is the name, as seed 001 shows it."""

    assigned_to = serializers.CharField(source="assigned_to_name")

    class Meta:
        model = Ticket
        fields = ["id", "title", "status", "progress", "created_at", "assigned_to"]
        read_only_fields = fields


class SummarySerializer(serializers.Serializer[Any]):
    customer = TicketCustomerSerializer()
    total_tickets = serializers.IntegerField()
    pending_tickets = serializers.IntegerField()
    resolved_tickets = serializers.IntegerField()
    recent_tickets = RecentTicketSerializer(many=True)
    products = serializers.ListField(child=serializers.CharField())
    customer_since = serializers.DateTimeField(source="customer.created_at")
