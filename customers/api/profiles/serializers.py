"""Profile and timeline as JSON (contract.md §3)."""

from typing import Any

from rest_framework import serializers

from config.api.pagination import MAX_SIZE
from customers.queries.timeline import MAX_CURSOR


class ProfileSerializer(serializers.Serializer[Any]):
    """The parts of a profile; rooms may add more of them."""

    id = serializers.IntegerField()
    attributes = serializers.DictField()
    owner = serializers.DictField(allow_null=True)
    followers = serializers.ListField(child=serializers.DictField())
    identifiers = serializers.ListField(child=serializers.DictField())
    tags = serializers.ListField(child=serializers.DictField())
    activity = serializers.DictField()
    risk = serializers.DictField()
    projects = serializers.DictField()
    follow_ups = serializers.DictField()
    tasks = serializers.ListField(child=serializers.DictField())
    groups = serializers.ListField(child=serializers.DictField())
    tickets = serializers.DictField()
    messages = serializers.DictField()
    chats = serializers.ListField(child=serializers.DictField())
    chat_summary = serializers.DictField()


class TimelineFilterSerializer(serializers.Serializer[Any]):
    """`kind`: one or several, separated by commas."""

    cursor = serializers.CharField(
        max_length=MAX_CURSOR, required=False, allow_blank=True, default=""
    )
    size = serializers.IntegerField(min_value=1, max_value=MAX_SIZE, default=20)
    kind = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class EntrySerializer(serializers.Serializer[Any]):
    """One thing that happened. `id` is unique in the timeline; `ref` is what it is about."""

    id = serializers.CharField(source="key")
    kind = serializers.CharField()
    at = serializers.DateTimeField(source="item.at")
    title = serializers.CharField(source="item.title")
    content = serializers.CharField(source="item.content")
    actor = serializers.CharField(source="item.actor")
    entry = serializers.CharField(source="item.entry")
    ref = serializers.SerializerMethodField()
    data = serializers.DictField(source="item.data")  # type: ignore[assignment]

    def get_ref(self, entry: Any) -> dict[str, Any] | None:
        item = entry.item
        return {"type": item.ref_type, "id": item.ref_id} if item.ref_type else None


class TimelineSerializer(serializers.Serializer[Any]):
    list = EntrySerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True)
    size = serializers.IntegerField()
