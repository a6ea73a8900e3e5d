"""Segments, tagging rules and the language of their conditions as JSON."""

from typing import Any

from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from customers.api.customers.serializers import MAX_ID, CustomerSerializer
from customers.models import Segment, TagRule

NAME_LENGTH = 100


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    conditions = serializers.JSONField()
    owner = serializers.CharField(source="owner.display_name", default=None, allow_null=True)

    class Meta:
        model = Segment
        fields = [
            "id",
            "name",
            "conditions",
            "is_shared",
            "owner_id",
            "owner",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class SegmentWriteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """`conditions`: see `GET /api/v1/segments/fields`."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    conditions = serializers.JSONField()
    is_shared = serializers.BooleanField(required=False)


class SegmentPreviewSerializer(serializers.Serializer[Any]):
    conditions = serializers.JSONField()


class SegmentPreviewAnswerSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    description = serializers.CharField(help_text="条件的中文说明")
    list = CustomerSerializer(many=True)


class CountSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class RuleSerializer(serializers.ModelSerializer[TagRule]):
    """`error`: why a rule was stopped; saving or running it starts it again."""

    conditions = serializers.JSONField()
    tag = serializers.CharField(source="tag.name")

    class Meta:
        model = TagRule
        fields = [
            "id",
            "name",
            "tag_id",
            "tag",
            "conditions",
            "removes",
            "is_active",
            "last_run_at",
            "matched",
            "error",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class RuleWriteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    name = serializers.CharField(max_length=NAME_LENGTH)
    tag_id = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    conditions = serializers.JSONField()
    removes = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)


class RulePreviewSerializer(serializers.Serializer[Any]):
    matching = serializers.IntegerField(help_text="符合条件的客户数")
    adding = serializers.IntegerField(help_text="将打上标签的客户数")
    removing = serializers.IntegerField(help_text="将移除标签的客户数")
    description = serializers.CharField(help_text="条件的中文说明")


class ChoiceSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField(help_text="字符串或整数")
    label = serializers.CharField()  # type: ignore[assignment]


class OperatorSerializer(serializers.Serializer[Any]):
    op = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    takes = serializers.CharField(help_text="value 的形式：text、integer、date、choices 等")


class ParamSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = ChoiceSerializer(many=True)


class FieldSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    group = serializers.CharField()
    kind = serializers.CharField()
    source = serializers.CharField(help_text="value 是哪种对象的 id：tags、staff、groups；否则为空")  # type: ignore[assignment]
    operators = OperatorSerializer(many=True)
    choices = ChoiceSerializer(many=True)
    params = ParamSerializer(many=True)


class LanguageSerializer(serializers.Serializer[Any]):
    max_depth = serializers.IntegerField()
    max_leaves = serializers.IntegerField()
    fields = FieldSerializer(many=True)  # type: ignore[assignment]
