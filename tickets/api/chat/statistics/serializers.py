"""Live chat's figures as JSON; `tickets.chat.statistics.figures` says what each is."""

from typing import Any

from rest_framework import serializers

from tickets.api.colleague import ColleagueSerializer
from tickets.api.history.serializers import PeriodQuerySerializer, SpanSerializer, SpreadSerializer
from tickets.models import PresenceStatus

Fields = dict[str, serializers.Field[Any, Any, Any, Any]]


class OverviewQuerySerializer(PeriodQuerySerializer):
    entry = serializers.CharField(required=False, help_text="只看一个入口，例如 web")


class HoursQuerySerializer(OverviewQuerySerializer):
    def get_fields(self) -> Fields:
        kinds = serializers.ChoiceField(choices=["json", "csv", "xlsx"], required=False)
        return {**super().get_fields(), "as": kinds}


class AgentsQuerySerializer(PeriodQuerySerializer):
    def get_fields(self) -> Fields:
        kinds = serializers.ChoiceField(choices=["json", "csv", "xlsx"], required=False)
        return {**super().get_fields(), "as": kinds}


class ChatSatisfactionSerializer(serializers.Serializer[Any]):
    rated = serializers.IntegerField()
    average = serializers.FloatField(source="satisfaction", allow_null=True, help_text="1–5")
    share = serializers.FloatField(source="rated_share", allow_null=True, help_text="0–1")
    low = serializers.IntegerField(source="rated_low", help_text="1、2 分的次数")


class ChatFiguresSerializer(serializers.Serializer[Any]):
    """Durations in seconds."""

    asked = serializers.IntegerField()
    assigned = serializers.IntegerField()
    abandoned = serializers.IntegerField()
    unattended = serializers.IntegerField()
    abandonment = serializers.FloatField(allow_null=True, help_text="0–1")
    ended = serializers.IntegerField()
    missed = serializers.IntegerField()
    wait = SpreadSerializer()
    first_reply = SpreadSerializer()
    handling = SpreadSerializer()
    messages_in = serializers.IntegerField()
    messages_out = serializers.IntegerField()
    satisfaction = ChatSatisfactionSerializer(source="*")


class ChatPartSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="小时 0–23、日期或入口")
    label = serializers.CharField()  # type: ignore[assignment]
    figures = ChatFiguresSerializer()


class QueueNowSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField()
    oldest_wait_seconds = serializers.IntegerField()
    active = serializers.IntegerField(help_text="进行中的会话")
    online_agents = serializers.IntegerField()
    busy_agents = serializers.IntegerField()
    free_slots = serializers.IntegerField(help_text="他们还能接的会话")


class ChatOverviewSerializer(SpanSerializer):
    queue = QueueNowSerializer()
    totals = ChatFiguresSerializer()
    by_hour = ChatPartSerializer(many=True, help_text="一天 24 小时，各天合计")
    by_day = ChatPartSerializer(many=True)
    by_entry = ChatPartSerializer(many=True)


class ChatHourSerializer(serializers.Serializer[Any]):
    hour = serializers.DateTimeField()
    figures = ChatFiguresSerializer()


class ChatHoursSerializer(SpanSerializer):
    list = ChatHourSerializer(many=True)


class AgentLoadSerializer(serializers.Serializer[Any]):
    """Of the minutes in which the agent was there."""

    average = serializers.FloatField(allow_null=True)
    peak = serializers.IntegerField()
    hours = serializers.FloatField(help_text="在岗小时")


class AgentFiguresSerializer(serializers.Serializer[Any]):
    agent = ColleagueSerializer(source="user")
    status = serializers.ChoiceField(choices=PresenceStatus.choices)
    load = serializers.IntegerField(help_text="当前接待")
    limit = serializers.IntegerField(help_text="同时接待上限；0 为不接待")
    over_time = AgentLoadSerializer(source="of_the_time")
    figures = ChatFiguresSerializer()


class ChatAgentFiguresListSerializer(SpanSerializer):
    list = AgentFiguresSerializer(many=True)
