"""The desk's tools as JSON."""

from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from tickets.desk.canned_replies import BLANKS, BODY_LENGTH, SHORTCUT_LENGTH, TITLE_LENGTH
from tickets.desk.checklists import TEXT_LENGTH
from tickets.desk.saved_views import NAME_LENGTH
from tickets.desk.view_filters import checked_filters
from tickets.models import (
    CannedReply,
    ChecklistItem,
    ChecklistTemplate,
    CustomField,
    SavedView,
)

MAX_ID = 2**63 - 1
MAX_POSITION = 2**31 - 1


class CannedReplySerializer(serializers.ModelSerializer[CannedReply]):
    is_team = serializers.SerializerMethodField(help_text="团队话术")
    owner = serializers.CharField(source="owner.display_name", default=None, allow_null=True)

    class Meta:
        model = CannedReply
        fields = [
            "id",
            "shortcut",
            "title",
            "body",
            "is_team",
            "owner",
            "is_active",
            "used_count",
            "updated_at",
        ]
        read_only_fields = fields

    def get_is_team(self, reply: CannedReply) -> bool:
        return reply.owner_id is None


class CannedReplyWriteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    shortcut = serializers.CharField(max_length=SHORTCUT_LENGTH)
    title = serializers.CharField(max_length=TITLE_LENGTH)
    body = serializers.CharField(
        max_length=BODY_LENGTH,
        help_text="可用变量：" + "、".join(f"{{{{{name}}}}}" for name in BLANKS),
    )


class CannedReplyCreateSerializer(CannedReplyWriteSerializer):
    is_team = serializers.BooleanField(required=False, help_text="团队话术，仅管理员")


class CannedReplyEditSerializer(CannedReplyWriteSerializer):
    is_active = serializers.BooleanField(required=False)


class CannedReplyQuerySerializer(serializers.Serializer[Any]):
    q = serializers.CharField(
        max_length=100, required=False, allow_blank=True, default="", help_text="快捷词或标题"
    )
    inactive = serializers.BooleanField(required=False, default=False, help_text="只看已停用的")


class RenderSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """For a ticket or in a chat: one of the two."""

    ticket_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)
    chat_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"ticket_id": "请给出 ticket_id 或 chat_id 其中之一"})
        return attrs


class RenderedSerializer(serializers.Serializer[Any]):
    content = serializers.CharField()


class ChecklistTemplateSerializer(serializers.ModelSerializer[ChecklistTemplate]):
    products = serializers.ListField(child=serializers.CharField(), help_text="空为全部产品")
    items = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = ChecklistTemplate
        fields = ["id", "name", "products", "items", "is_active"]
        read_only_fields = fields


class ChecklistItemSerializer(serializers.ModelSerializer[ChecklistItem]):
    done = serializers.SerializerMethodField()
    done_by = serializers.CharField(source="done_by.display_name", default="")

    class Meta:
        model = ChecklistItem
        fields = ["id", "position", "text", "done", "done_at", "done_by"]
        read_only_fields = fields

    def get_done(self, item: ChecklistItem) -> bool:
        return item.done_at is not None


class ChecklistSerializer(serializers.Serializer[Any]):
    done = serializers.IntegerField(help_text="已完成的步骤数")
    total = serializers.IntegerField()
    list = ChecklistItemSerializer(many=True)


class ChecklistAddSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=TEXT_LENGTH)


class ChecklistCheckSerializer(serializers.Serializer[Any]):
    done = serializers.BooleanField()


class CustomFieldSerializer(serializers.ModelSerializer[CustomField]):
    label = serializers.CharField()  # type: ignore[assignment]
    options = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = CustomField
        fields = ["key", "label", "kind", "options", "is_required", "position"]
        read_only_fields = fields


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    owner = serializers.CharField(source="owner.display_name")
    filters = serializers.DictField()
    query = serializers.SerializerMethodField(help_text="用于 GET /api/tickets 的查询串")

    class Meta:
        model = SavedView
        fields = [
            "id",
            "name",
            "filters",
            "query",
            "is_shared",
            "owner_id",
            "owner",
            "position",
            "updated_at",
        ]
        read_only_fields = fields

    def get_query(self, view: SavedView) -> str:
        query = QueryDict(mutable=True)
        for name, value in view.filters.items():
            query.setlist(name, value if isinstance(value, list) else [value])
        return query.urlencode()


class SavedViewWriteSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """`filters`: the parameters of `GET /api/tickets`, as text or lists of texts."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    filters = serializers.DictField()
    is_shared = serializers.BooleanField(required=False)
    position = serializers.IntegerField(min_value=0, max_value=MAX_POSITION, required=False)

    def validate_filters(self, value: dict[str, Any]) -> dict[str, Any]:
        return checked_filters(value)


class SearchQuerySerializer(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=100)
    kinds = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="逗号分隔，如 tickets,customers"
    )


class SnippetSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="纯文本")
    marks = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2),
        help_text="命中词的起止位置（按字符）",
    )


class HitSerializer(serializers.Serializer[Any]):
    id = serializers.JSONField(help_text="整数或文本")
    title = serializers.CharField()
    where = serializers.CharField(help_text="命中的字段")
    status = serializers.CharField()
    note = serializers.CharField()
    snippet = SnippetSerializer()


class FoundSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    has_more = serializers.BooleanField()
    list = HitSerializer(many=True, source="hits")


class SearchSerializer(serializers.Serializer[Any]):
    groups = FoundSerializer(many=True)
