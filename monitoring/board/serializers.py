"""The snapshot as JSON: one shape for the API and the socket (contract.md §7)."""

from typing import Any

from rest_framework import serializers

from messaging.api.statistics import OverviewSerializer, RealtimeSerializer
from monitoring.board.snapshot import Snapshot


class RecentChannelSerializer(serializers.Serializer[Any]):
    channel = serializers.CharField()
    sent = serializers.IntegerField()
    failed = serializers.IntegerField()
    avg_response_ms = serializers.FloatField()
    p95_response_ms = serializers.FloatField()


class RecentSerializer(serializers.Serializer[Any]):
    """What ended within the last minutes, the slowest channel first."""

    minutes = serializers.IntegerField()
    channels = RecentChannelSerializer(many=True)


class OpenCircuitSerializer(serializers.Serializer[Any]):
    account = serializers.CharField(help_text="empty for the account of the environment")
    code = serializers.CharField()
    state = serializers.CharField(help_text="open or half_open")
    opened_at = serializers.DateTimeField(allow_null=True)
    open_until = serializers.DateTimeField(allow_null=True)


class ChannelStateSerializer(serializers.Serializer[Any]):
    channel = serializers.CharField()
    state = serializers.CharField(help_text="closed, open or half_open")
    circuits = OpenCircuitSerializer(many=True)


class ServiceAgentSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    status = serializers.CharField(help_text="online, busy or offline")
    load = serializers.IntegerField()
    limit = serializers.IntegerField()


class ServiceQueueSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField()
    oldest_wait_seconds = serializers.IntegerField()
    active = serializers.IntegerField()
    online_agents = serializers.IntegerField()
    busy_agents = serializers.IntegerField()
    free_slots = serializers.IntegerField()


class ServiceLoadSerializer(serializers.Serializer[Any]):
    queue = ServiceQueueSerializer()
    load = serializers.IntegerField()
    capacity = serializers.IntegerField()
    agents = ServiceAgentSerializer(many=True)


class TicketLoadSerializer(serializers.Serializer[Any]):
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    unassigned = serializers.IntegerField()


class SnapshotSerializer(serializers.Serializer[Snapshot]):
    """`today`, `yesterday`, `week` are overviews of those days."""

    at = serializers.DateTimeField()
    today = OverviewSerializer()
    yesterday = OverviewSerializer()
    week = OverviewSerializer()
    realtime = RealtimeSerializer()
    recent = RecentSerializer()
    circuits = ChannelStateSerializer(many=True)
    service = ServiceLoadSerializer()
    tickets = TicketLoadSerializer()
