"""The queue, the chat desk and decisions as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets.api.colleague import ColleagueSerializer
from tickets.chat.assignment.agents import Desk
from tickets.chat.assignment.candidates import Candidate
from tickets.chat.assignment.standing import STATUSES
from tickets.models import ChatAssignment, ChatGroup, PresenceStatus

HOLD_MINUTES = 24 * 60


class AskSerializer(serializers.Serializer[Any]):
    """Nothing has to be said."""


class StandingSerializer(serializers.Serializer[Any]):
    """`position` counts from 1 while queued; without anybody on there is no estimate.

    `unattended`: outside the opening hours, or nobody is there; `text` says so, and what the
    customer writes becomes a ticket.
    """

    status = serializers.ChoiceField(choices=STATUSES)
    chat_id = serializers.IntegerField(allow_null=True)
    agent = serializers.SerializerMethodField()
    position = serializers.IntegerField(allow_null=True)
    waiting = serializers.IntegerField()
    estimated_wait_seconds = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()

    @extend_schema_field(
        {"type": "object", "nullable": True, "properties": {"name": {"type": "string"}}}
    )
    def get_agent(self, standing: Any) -> dict[str, str] | None:
        return {"name": standing.agent} if standing.agent else None


class StatusSetSerializer(serializers.Serializer[Any]):
    """On the console the status counts while the page is open; set by a program, for an hour."""

    status = serializers.ChoiceField(choices=PresenceStatus.choices)
    hold_minutes = serializers.IntegerField(
        min_value=1, max_value=HOLD_MINUTES, required=False, allow_null=True
    )


class DeskSerializer(serializers.Serializer[Desk]):
    """`load` counts the active chats, `unread` the customers' words in them that were not read."""

    status = serializers.ChoiceField(choices=PresenceStatus.choices)
    accepts_chats = serializers.BooleanField()
    load = serializers.IntegerField()
    limit = serializers.IntegerField()
    unread = serializers.IntegerField()


class ChatAgentSerializer(serializers.Serializer[Candidate]):
    """A colleague to whom a chat can be handed."""

    id = serializers.IntegerField(source="user.pk")
    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.display_name")
    status = serializers.ChoiceField(choices=PresenceStatus.choices, source="presence")
    accepts_chats = serializers.BooleanField(source="agent.accepts_chats")
    load = serializers.IntegerField()
    limit = serializers.IntegerField()
    groups = serializers.SerializerMethodField()

    def get_groups(self, one: Candidate) -> list[int]:
        return sorted(one.groups)


class ChatAgentsSerializer(serializers.Serializer[Any]):
    list = ChatAgentSerializer(many=True)


class QueuedSerializer(serializers.Serializer[Any]):
    """The name is written out only for who may see the chat."""

    chat_id = serializers.IntegerField()
    position = serializers.IntegerField()
    entry = serializers.CharField()
    customer = serializers.CharField()
    priority = serializers.IntegerField()
    group_id = serializers.IntegerField(allow_null=True)
    waited_seconds = serializers.IntegerField()


class QueueSerializer(serializers.Serializer[Any]):
    """`list` holds the first fifty."""

    waiting = serializers.IntegerField()
    oldest_wait_seconds = serializers.IntegerField()
    online_agents = serializers.IntegerField()
    busy_agents = serializers.IntegerField()
    free_slots = serializers.IntegerField()
    list = QueuedSerializer(many=True)


class ChatGroupSerializer(serializers.ModelSerializer[ChatGroup]):
    members = ColleagueSerializer(many=True)

    class Meta:
        model = ChatGroup
        fields = ["id", "name", "members"]
        read_only_fields = fields


class ChatGroupsSerializer(serializers.Serializer[Any]):
    list = ChatGroupSerializer(many=True)


class ChatAssignSerializer(serializers.Serializer[Any]):
    agent = serializers.CharField(max_length=150, help_text="用户名、企业微信账号或姓名")


class ChatCandidateSerializer(serializers.Serializer[Any]):
    """Loads are those of that moment."""

    user_id = serializers.IntegerField()
    name = serializers.CharField()
    load = serializers.IntegerField()
    limit = serializers.IntegerField()
    is_last_agent = serializers.BooleanField()
    is_chosen = serializers.BooleanField()
    reason = serializers.CharField()


class ChatAssignmentSerializer(serializers.ModelSerializer[ChatAssignment]):
    """Without an `agent` nobody could take the chat then."""

    chat_id = serializers.IntegerField()
    agent = ColleagueSerializer(allow_null=True)
    taken_from = ColleagueSerializer(allow_null=True)
    candidates = ChatCandidateSerializer(many=True)

    class Meta:
        model = ChatAssignment
        fields = [
            "id",
            "chat_id",
            "trigger",
            "agent",
            "taken_from",
            "reason",
            "candidates",
            "waited_seconds",
            "created_at",
        ]
        read_only_fields = fields
