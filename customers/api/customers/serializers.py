"""Customers as JSON (contract.md §3, seed 003)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from customers.api.moment_field import MomentField
from customers.api.staff_field import StaffField
from customers.models import Customer, CustomerChannel, Gender, Tag

MAX_TAGS = 100
MAX_ID = 2**63 - 1


class EmbeddedTagSerializer(serializers.ModelSerializer[Tag]):
    group = serializers.CharField(source="group.name", default=None, allow_null=True)

    class Meta:
        model = Tag
        fields = ["id", "name", "group_id", "group"]
        read_only_fields = fields


class OwnCustomerSerializer(serializers.ModelSerializer[Customer]):
    """What a customer sees of themselves; the rest is the team's about them."""

    phone = serializers.CharField(source="phone_display")
    follow_user = serializers.CharField(
        source="follow_user.display_name", default=None, allow_null=True
    )

    class Meta:
        model = Customer
        fields = [
            "id",
            "name",
            "phone",
            "company",
            "avatar",
            "gender",
            "province",
            "city",
            "follow_user",
            "add_time",
            "created_at",
        ]
        read_only_fields = fields


class CustomerSerializer(OwnCustomerSerializer):
    """For `customers_shown`: what the team sees."""

    follow_user_id = serializers.IntegerField(allow_null=True)
    tags = serializers.SerializerMethodField()

    class Meta(OwnCustomerSerializer.Meta):
        fields = [
            "id",
            "corp_id",
            "external_userid",
            "unionid",
            "name",
            "phone",
            "company",
            "avatar",
            "type",
            "gender",
            "province",
            "city",
            "remark",
            "description",
            "attributes",
            "channel",
            "status",
            "follow_user_id",
            "follow_user",
            "add_time",
            "tags",
            "last_active_at",
            "last_contact_at",
            "lost_at",
            "blocked_at",
            "block_reason",
            "risk_score",
            "risk_level",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(EmbeddedTagSerializer(many=True))
    def get_tags(self, customer: Customer) -> list[dict[str, Any]]:
        """By hand: a page of 200 has 4,000 of them."""
        return [
            {
                "id": tag.pk,
                "name": tag.name,
                "group_id": tag.group_id,
                "group": tag.group.name if tag.group else None,
            }
            for tag in customer.tags.all()
        ]


# What customers are answered of that.
OWN_FIELDS = frozenset(OwnCustomerSerializer.Meta.fields)


class ChannelField(serializers.ChoiceField):
    """A channel's code or its Chinese name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=CustomerChannel.choices, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        codes = {str(label): value for value, label in CustomerChannel.choices}
        return super().to_internal_value(codes.get(str(data), data))


def _text(length: int, **kwargs: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=length, required=False, allow_blank=True, allow_null=True, **kwargs
    )


class CustomerWriteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """What creating and editing take, by either name; null means: nothing known."""

    corp_id = _text(64)
    external_userid = _text(64)
    unionid = _text(64)
    name = _text(100)
    phone = _text(40)
    company = _text(200)
    avatar = _text(500)
    type = serializers.ChoiceField(choices=Customer.Kind.choices, required=False, allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices, required=False, allow_null=True)
    province = _text(50)
    city = _text(50)
    remark = _text(100)
    description = _text(500)
    attributes = serializers.DictField(required=False)
    channel = ChannelField(required=False, allow_null=True)
    follow_user_id = StaffField(
        source="follow_user",
        required=False,
        allow_null=True,
        help_text="员工的 id、用户名或企业微信账号",
    )
    add_time = MomentField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        nothing_said = ("type", "gender", "channel", "add_time")
        return {
            name: value
            for name, value in attrs.items()
            if value is not None or name not in nothing_said
        }


class CustomerEditSerializer(CustomerWriteSerializer):
    """`updated_at`, if given, must be the present one. PUT also takes back what a GET answered."""

    updated_at = MomentField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        unknown = set(self.unknown_names())
        if self.context.get("is_whole"):
            unknown -= set(CustomerSerializer.Meta.fields)
            if not attrs.get("name"):
                raise serializers.ValidationError({"name": "请填写姓名"}, "required")
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(sorted(unknown), "这个字段不能修改"))
        return super().validate(attrs)


class TagIdsSerializer(CamelCaseInput, serializers.Serializer[Any]):
    tag_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID),
        allow_empty=False,
        max_length=MAX_TAGS,
    )


class CustomerAssignSerializer(CamelCaseInput, serializers.Serializer[Any]):
    user = StaffField(allow_null=True, help_text="员工的 id、用户名或企业微信账号；null 表示无人")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CustomerBlockSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class IdentifiersSerializer(serializers.Serializer[Any]):
    """Channel code → address; an empty address removes the channel's."""

    identifiers = serializers.DictField(
        child=serializers.CharField(max_length=1000, allow_blank=True)
    )

    def validate_identifiers(self, value: dict[str, str]) -> dict[str, str]:
        if len(value) > 20:
            raise serializers.ValidationError("最多 20 个渠道", "max_length")
        return value
