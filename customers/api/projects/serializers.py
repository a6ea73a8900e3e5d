"""Projects as JSON (contract.md §3)."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from customers.models import Customer, Project, ProjectEvent, ProjectStatus, Stage
from customers.projects.attached import Tickets
from customers.projects.moves import REASON_LENGTH
from customers.queries.projects import account_of

MAX_PRODUCTS = 50


class ProjectCustomerSerializer(serializers.ModelSerializer[Customer]):
    phone = serializers.CharField(source="phone_display")

    class Meta:
        model = Customer
        fields = ["id", "name", "phone", "company"]


class ProjectOpenTicketSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    status = serializers.CharField()
    progress = serializers.IntegerField()
    deadline = serializers.DateTimeField()


class ProjectTicketsSerializer(serializers.Serializer[Any]):
    """`open_list` holds the newest few of the open ones."""

    total = serializers.IntegerField()
    open = serializers.IntegerField()
    open_list = ProjectOpenTicketSerializer(many=True)


class OwnProjectSerializer(serializers.ModelSerializer[Project]):
    """What a customer sees of their own project; `tickets` comes in the context, for all at once."""

    owner_name = serializers.SerializerMethodField()
    engineer_name = serializers.SerializerMethodField()
    tickets = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = [
            "id",
            "name",
            "stage",
            "status",
            "progress",
            "products",
            "owner_name",
            "engineer_name",
            "tickets",
            "delivered_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_owner_name(self, project: Project) -> str:
        return project.owner.display_name if project.owner else ""

    def get_engineer_name(self, project: Project) -> str:
        return project.engineer.display_name if project.engineer else ""

    def get_tickets(self, project: Project) -> ProjectTicketsSerializer:
        tickets: dict[int, Tickets] = self.context["tickets"]
        return ProjectTicketsSerializer(tickets[project.pk]).data  # type: ignore[return-value]


class ProjectSerializer(OwnProjectSerializer):
    """What the team sees; `owner` and `engineer` are WeCom user ids."""

    customer = ProjectCustomerSerializer(read_only=True)
    owner = serializers.SerializerMethodField()
    engineer = serializers.SerializerMethodField()

    class Meta(OwnProjectSerializer.Meta):
        fields = [
            *OwnProjectSerializer.Meta.fields,
            "customer",
            "owner",
            "engineer",
            "amount",
            "product",
            "description",
            "expected_at",
            "won_at",
            "closed_at",
            "lost_reason",
            "version",
        ]
        read_only_fields = fields

    def get_owner(self, project: Project) -> str:
        return account_of(project.owner)

    def get_engineer(self, project: Project) -> str:
        return account_of(project.engineer)


class ProjectFieldsSerializer(serializers.Serializer[Any]):
    """The fields that a POST sets and a PATCH changes."""

    name = serializers.CharField(max_length=200)
    owner = serializers.CharField(
        max_length=150, required=False, help_text="用户名、企业微信账号或姓名"
    )
    progress = serializers.IntegerField(min_value=0, max_value=100, required=False)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, required=False)
    products = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=MAX_PRODUCTS, required=False
    )
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    expected_at = serializers.DateField(required=False, allow_null=True)

    def validate_expected_at(self, value: dt.date | None) -> dt.date | None:
        if value is not None and not 2000 <= value.year <= 2100:
            raise serializers.ValidationError("日期超出范围")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(
                dict.fromkeys(unknown, "没有这个字段，或不能在此修改")
            )
        return attrs


class ProjectCreateSerializer(ProjectFieldsSerializer):
    """`customer_id`, or `customer_name` and `phone`."""

    customer_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    customer_name = serializers.CharField(max_length=100, required=False)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    company = serializers.CharField(max_length=200, required=False, allow_blank=True)
    engineer = serializers.CharField(max_length=150, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "customer_id" in attrs and "customer_name" in attrs:
            raise serializers.ValidationError(
                {"customer_name": "customer_id 与 customer_name 只能给一个"}
            )
        if "customer_id" not in attrs and "customer_name" not in attrs:
            raise serializers.ValidationError(
                {"customer_id": "请给出 customer_id，或 customer_name 和 phone"}, code="required"
            )
        return attrs


class ProjectEditSerializer(ProjectFieldsSerializer):
    """`version`, if given, must be the present one."""

    name = serializers.CharField(max_length=200, required=False)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class ProjectTransitionSerializer(serializers.Serializer[Any]):
    """Exactly one of `stage` and `status`."""

    stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    status = serializers.ChoiceField(choices=ProjectStatus.choices, required=False)
    reason = serializers.CharField(max_length=REASON_LENGTH, required=False, allow_blank=True)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class EngineerSerializer(serializers.Serializer[Any]):
    """An empty `engineer` takes the project out of anybody's hands."""

    engineer = serializers.CharField(
        max_length=150, allow_blank=True, help_text="用户名、企业微信账号或姓名"
    )
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class ProjectNoteSerializer(serializers.Serializer[Any]):
    content = serializers.CharField(max_length=5000)


class ProjectEventSerializer(serializers.ModelSerializer[ProjectEvent]):
    class Meta:
        model = ProjectEvent
        fields = [
            "sequence",
            "kind",
            "content",
            "changes",
            "actor_name",
            "entry",
            "created_at",
        ]
        read_only_fields = fields
