"""A chat and its messages as JSON: the one shape of API, sockets and pages.

What depends on who asks is said by the caller: customers never see what is internal.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.models import Customer
from tickets.api.colleague import ColleagueSerializer
from tickets.chat.assignment.queue import QueuePlace
from tickets.chat.entries import registry
from tickets.models import (
    Chat,
    ChatFile,
    ChatMessage,
    ChatMessageStatus,
    ChatMessageType,
    EndedBy,
    Sender,
)


class ChatFileSerializer(serializers.ModelSerializer[ChatFile]):
    """`url` is the API's own; it asks who may see the chat. Pictures are shown, others kept."""

    url = serializers.SerializerMethodField()
    is_image = serializers.SerializerMethodField()

    class Meta:
        model = ChatFile
        fields = ["id", "name", "size", "content_type", "is_image", "url"]
        read_only_fields = fields

    def get_url(self, file: ChatFile) -> str:
        side = "customer-service" if self.context.get("is_team") else "user/customer-service"
        return f"/api/{side}/chats/{file.chat_id}/files/{file.pk}"

    def get_is_image(self, file: ChatFile) -> bool:
        return file.content_type.startswith("image/")


class ChatMessageSerializer(serializers.ModelSerializer[ChatMessage]):
    """`number` is what a reader resumes from and a reply's `last_seen` names.

    `user_id` is the colleague who wrote it, for the team; customers know names alone. Of a recalled
    message only that it was is left, and why one could not leave is the team's to know. Select
    `file` along.
    """

    chat_id = serializers.IntegerField()
    sender = serializers.ChoiceField(choices=Sender.choices)
    user_id = serializers.IntegerField(allow_null=True)
    type = serializers.ChoiceField(choices=ChatMessageType.choices)
    status = serializers.ChoiceField(choices=ChatMessageStatus.choices)
    file = ChatFileSerializer(allow_null=True)

    class Meta:
        model = ChatMessage
        fields = [
            "id",
            "chat_id",
            "number",
            "sender",
            "sender_name",
            "user_id",
            "type",
            "visibility",
            "content",
            "data",
            "file",
            "entry",
            "client_id",
            "status",
            "error",
            "created_at",
            "sent_at",
            "delivered_at",
            "read_at",
            "recalled_at",
        ]
        read_only_fields = fields

    def to_representation(self, message: ChatMessage) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation(message)
        if message.recalled_at is not None:
            told.update(content="", data={}, file=None)
        if not self.context.get("is_team"):
            told.update(error="", user_id=None)
        return told


class ChatCustomerSerializer(serializers.ModelSerializer[Customer]):
    avatar = serializers.CharField(allow_blank=True)

    class Meta:
        model = Customer
        fields = ["id", "name", "phone", "company", "avatar"]
        read_only_fields = fields


class BudgetSerializer(serializers.Serializer[Any]):
    """How much may still be sent; both null where nothing limits it."""

    window_ends_at = serializers.DateTimeField(allow_null=True)
    sends_left = serializers.IntegerField(allow_null=True)


class ChatRatingSerializer(serializers.Serializer[Any]):
    score = serializers.IntegerField()
    comment = serializers.CharField()
    rated_at = serializers.DateTimeField()


class LastMessageSerializer(serializers.Serializer[Any]):
    """The last word that both sides may read; `text` is its beginning."""

    number = serializers.IntegerField()
    sender = serializers.ChoiceField(choices=Sender.choices)
    sender_name = serializers.CharField()
    type = serializers.ChoiceField(choices=ChatMessageType.choices)
    text = serializers.CharField()


class PlaceSerializer(serializers.Serializer[Any]):
    """Where a chat that waits stands; `estimated_wait_seconds` is null while nobody is on."""

    position = serializers.IntegerField()
    waiting = serializers.IntegerField()
    estimated_wait_seconds = serializers.IntegerField(allow_null=True)


class _BothSides(serializers.ModelSerializer[Chat]):
    """What customers and colleagues are told alike."""

    ended_by = serializers.ChoiceField(choices=EndedBy.choices, allow_blank=True)
    last_message = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField()
    rating = serializers.SerializerMethodField()

    @extend_schema_field(ChatRatingSerializer(allow_null=True))
    def get_rating(self, chat: Chat) -> dict[str, Any] | None:
        return rating_of(chat)

    @extend_schema_field(LastMessageSerializer(allow_null=True))
    def get_last_message(self, chat: Chat) -> dict[str, Any] | None:
        return getattr(chat, "last_message", None)

    @extend_schema_field(PlaceSerializer(allow_null=True))
    def get_place(self, chat: Chat) -> dict[str, Any] | None:
        return place_shown(chat)


class CustomerChatSerializer(_BothSides):
    """A chat as its customer sees it."""

    agent = serializers.SerializerMethodField()
    unread = serializers.IntegerField(source="unread_by_customer")

    class Meta:
        model = Chat
        fields = [
            "id",
            "status",
            "entry",
            "agent",
            "queued_at",
            "assigned_at",
            "first_replied_at",
            "ended_at",
            "ended_by",
            "last_message",
            "place",
            "unread",
            "rating",
            "ticket_id",
        ]
        read_only_fields = fields

    @extend_schema_field(
        {"type": "object", "nullable": True, "properties": {"name": {"type": "string"}}}
    )
    def get_agent(self, chat: Chat) -> dict[str, str] | None:
        return {"name": chat.agent.display_name} if chat.agent is not None else None


class ChatSerializer(_BothSides):
    """A chat as colleagues see it; read it with `tickets.chat.lifecycle.queries.chats_for`."""

    customer = ChatCustomerSerializer()
    agent = ColleagueSerializer(allow_null=True)
    group = serializers.SerializerMethodField()
    entry_label = serializers.SerializerMethodField()
    budget = serializers.SerializerMethodField()
    unread = serializers.IntegerField(source="unread_by_agent")
    knows_reading = serializers.SerializerMethodField()

    class Meta:
        model = Chat
        fields = [
            "id",
            "status",
            "entry",
            "entry_label",
            "knows_reading",
            "customer",
            "agent",
            "group",
            "priority",
            "queued_at",
            "assigned_at",
            "first_replied_at",
            "waiting_since",
            "reply_due_at",
            "last_message_at",
            "idle_warned_at",
            "ended_at",
            "ended_by",
            "end_reason",
            "last_number",
            "last_message",
            "place",
            "agent_read_number",
            "customer_read_number",
            "unread",
            "budget",
            "rating",
            "ticket_id",
            "version",
        ]
        read_only_fields = fields

    @extend_schema_field(
        {
            "type": "object",
            "nullable": True,
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        }
    )
    def get_group(self, chat: Chat) -> dict[str, Any] | None:
        return {"id": chat.group.pk, "name": chat.group.name} if chat.group is not None else None

    def get_entry_label(self, chat: Chat) -> str:
        return registry.label(chat.entry)

    def get_knows_reading(self, chat: Chat) -> bool:
        return chat.entry in registry.codes() and registry.get(chat.entry).knows_reading

    @extend_schema_field(BudgetSerializer)
    def get_budget(self, chat: Chat) -> dict[str, Any]:
        ends_at = chat.window_ends_at
        return {
            "window_ends_at": ends_at.isoformat() if ends_at else None,
            "sends_left": chat.sends_left,
        }


def place_shown(chat: Chat) -> dict[str, Any] | None:
    """Given where one chat is asked for (`tickets.api.chat.lifecycle.one`), not in lists."""
    place: QueuePlace | None = getattr(chat, "place", None)
    return PlaceSerializer(place).data if place is not None else None


def rating_of(chat: Chat) -> dict[str, Any] | None:
    if chat.rating_score is None or chat.rated_at is None:
        return None
    return {
        "score": chat.rating_score,
        "comment": chat.rating_comment,
        "rated_at": chat.rated_at.isoformat(),
    }
