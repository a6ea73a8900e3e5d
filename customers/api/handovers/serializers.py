"""Hand-overs as JSON (contract.md §3)."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from config.errors import InvalidInputError
from customers.actions.handover.notes import along_with, asked_of
from customers.actions.handover.people import MOST_CANDIDATES
from customers.actions.handover.plan import MESSAGE_LENGTH
from customers.api.staff_field import StaffField
from customers.models import Handover, HandoverItem, HandoverReason, User
from customers.queries.handovers import giver_named

MAX_ID = 2**63 - 1
MOST_CUSTOMERS = 1000
MOST_CUSTOMERS_OF_A_CASE = 20_000


@extend_schema_field(OpenApiTypes.STR)
class GiverField(serializers.Field[User, Any, Any, Any]):
    """Who hands over; they may have left. Input: id, user name or WeCom user id."""

    def to_internal_value(self, data: Any) -> User:
        try:
            return giver_named(data, attr=self.field_name or "")
        except InvalidInputError as error:
            raise serializers.ValidationError(error.detail, error.code) from None

    def to_representation(self, value: User) -> Any:
        return value.pk


class CustomerIdField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **kwargs)


class TransferSerializer(CamelCaseInput, serializers.Serializer[Any]):
    customer_ids = serializers.ListField(
        child=CustomerIdField(), min_length=1, max_length=MOST_CUSTOMERS
    )
    from_user = GiverField()
    to_user = StaffField()
    reason = serializers.ChoiceField(choices=HandoverReason.choices)
    message = serializers.CharField(
        max_length=MESSAGE_LENGTH, required=False, allow_blank=True, default=""
    )


class TransferResultSerializer(serializers.Serializer[Any]):
    customer_id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["done", "waiting", "failed", "skipped"])
    code = serializers.CharField()
    detail = serializers.CharField()


class TransferAnswerSerializer(serializers.Serializer[Any]):
    """`handover_id` is null when none of the customers was there to be handed over."""

    handover_id = serializers.IntegerField(allow_null=True)
    results = TransferResultSerializer(many=True)


class PlanSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """Without `customer_ids` everybody who is bound to `from_user`."""

    from_user = GiverField()
    candidates = serializers.ListField(child=StaffField(), min_length=1, max_length=MOST_CANDIDATES)
    reason = serializers.ChoiceField(choices=HandoverReason.choices)
    customer_ids = serializers.ListField(
        child=CustomerIdField(),
        min_length=1,
        max_length=MOST_CUSTOMERS_OF_A_CASE,
        required=False,
        allow_null=True,
    )
    message = serializers.CharField(
        max_length=MESSAGE_LENGTH, required=False, allow_blank=True, default=""
    )
    moves_groups = serializers.BooleanField(required=False, default=True)


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(source="display_name")
    wecom_user_id = serializers.CharField(allow_null=True)


class ProgressSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    pending = serializers.IntegerField()
    waiting = serializers.IntegerField()
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    limit = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField()


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """The context holds `progress` by case and `people` by id, for all rows at once."""

    from_user = PersonSerializer(read_only=True)
    candidates = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    created_by = serializers.CharField(
        source="created_by.display_name", default=None, allow_null=True
    )

    class Meta:
        model = Handover
        fields = [
            "id",
            "from_user",
            "candidates",
            "reason",
            "message",
            "moves_groups",
            "status",
            "progress",
            "created_by",
            "created_at",
            "next_poll_at",
            "finished_at",
        ]
        read_only_fields = fields

    @extend_schema_field(PersonSerializer(many=True))
    def get_candidates(self, handover: Handover) -> Any:
        people: dict[int, User] = self.context["people"]
        known = [people[pk] for pk in handover.candidates if pk in people]
        return PersonSerializer(known, many=True).data

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, handover: Handover) -> Any:
        return self.context["progress"][handover.pk]


class HandoverDetailSerializer(HandoverSerializer):
    """`report` holds the dry run as `plan`, and the final report once the case is finished."""

    report = serializers.JSONField(read_only=True)

    class Meta(HandoverSerializer.Meta):
        fields = [*HandoverSerializer.Meta.fields, "report"]
        read_only_fields = fields


class HandoverItemSerializer(serializers.ModelSerializer[HandoverItem]):
    """`asked`: who did not take over, and why; `moved`: what went along, by name."""

    customer_name = serializers.CharField(source="customer.name", default=None, allow_null=True)
    group_name = serializers.CharField(source="group.name", default=None, allow_null=True)
    to_user = PersonSerializer(read_only=True)
    asked = serializers.SerializerMethodField()
    moved = serializers.SerializerMethodField()

    class Meta:
        model = HandoverItem
        fields = [
            "id",
            "customer_id",
            "customer_name",
            "group_id",
            "group_name",
            "to_user",
            "state",
            "code",
            "detail",
            "asked",
            "moved",
            "submitted_at",
            "finished_at",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.JSONField()))
    def get_asked(self, item: HandoverItem) -> Any:
        return asked_of(item)

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_moved(self, item: HandoverItem) -> Any:
        return along_with(item)
