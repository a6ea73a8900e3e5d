"""Tags and groups of tags as JSON."""

from typing import Any

from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from customers.actions.tag_catalogue import MAX_ORDER
from customers.models import Tag, TagGroup
from customers.models.tag import NAME_LENGTH

MAX_ID = 2**63 - 1


class TagSerializer(serializers.ModelSerializer[Tag]):
    """`customer_count` is of the caller's own view; the view's context brings all of a page."""

    group = serializers.CharField(source="group.name", default=None, allow_null=True)
    customer_count = serializers.SerializerMethodField()

    class Meta:
        model = Tag
        fields = ["id", "name", "group_id", "group", "order", "customer_count", "created_at"]
        read_only_fields = fields

    def get_customer_count(self, tag: Tag) -> int:
        counts: dict[int, int] = self.context.get("counts", {})
        return counts.get(tag.pk, 0)


class TagOfGroupSerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ["id", "name", "order"]
        read_only_fields = fields


class TagGroupSerializer(serializers.ModelSerializer[TagGroup]):
    tags = TagOfGroupSerializer(many=True)

    class Meta:
        model = TagGroup
        fields = ["id", "name", "order", "tags", "created_at"]
        read_only_fields = fields


class TagGroupWriteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    name = serializers.CharField(max_length=NAME_LENGTH)
    order = serializers.IntegerField(min_value=0, max_value=MAX_ORDER, required=False)


class TagWriteSerializer(TagGroupWriteSerializer):
    """`group_id` null: a tag without a group."""

    group_id = serializers.IntegerField(
        min_value=1, max_value=MAX_ID, required=False, allow_null=True
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With the group itself in the place of its id."""
        if "group_id" in attrs:
            wanted = attrs.pop("group_id")
            attrs["group"] = TagGroup.objects.filter(pk=wanted).first() if wanted else None
            if wanted and attrs["group"] is None:
                raise serializers.ValidationError({"group_id": "没有这个标签组"}, "not_found")
        return attrs
