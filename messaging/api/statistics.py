"""`/api/messages/statistics/…` (contract.md §2)."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from messaging.statistics.overview import overview
from messaging.statistics.realtime import realtime

MOST_DAYS = 90
READS = Rule(STAFF, Scope.MESSAGES_READ)


class DaysSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=7)


class ChannelFiguresSerializer(serializers.Serializer[Any]):
    channel = serializers.CharField()
    total = serializers.IntegerField()
    sent = serializers.IntegerField()
    failed = serializers.IntegerField()
    success_rate = serializers.FloatField()


class TrendSerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    total = serializers.IntegerField()
    sent = serializers.IntegerField()
    failed = serializers.IntegerField()


class OverviewSerializer(serializers.Serializer[Any]):
    """Of the messages created in these days. `sent` counts delivered ones too; rates are per cent."""

    total = serializers.IntegerField()
    sent = serializers.IntegerField()
    delivered = serializers.IntegerField()
    failed = serializers.IntegerField()
    success_rate = serializers.FloatField()
    avg_response_ms = serializers.FloatField()
    p95_response_ms = serializers.FloatField()
    by_channel = ChannelFiguresSerializer(many=True)
    trend = TrendSerializer(many=True)


class QueuesSerializer(serializers.Serializer[Any]):
    urgent = serializers.IntegerField()
    high = serializers.IntegerField()
    normal = serializers.IntegerField()
    low = serializers.IntegerField()
    scheduled = serializers.IntegerField()
    dead = serializers.IntegerField()


class PoolSerializer(serializers.Serializer[Any]):
    core = serializers.IntegerField()
    max = serializers.IntegerField()
    size = serializers.IntegerField()
    active = serializers.IntegerField()
    utilization = serializers.FloatField()


class LastMinuteSerializer(serializers.Serializer[Any]):
    sent = serializers.IntegerField()
    failed = serializers.IntegerField()
    avg_response_ms = serializers.FloatField()


class WorkerSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    size = serializers.IntegerField()
    max = serializers.IntegerField(help_text="what its last wave was allowed to grow to")
    active = serializers.IntegerField()
    at = serializers.FloatField(help_text="seconds since the epoch")


class RealtimeSerializer(serializers.Serializer[Any]):
    """Queues count messages; `in_flight` calls to providers under way."""

    qps = serializers.FloatField()
    in_flight = serializers.IntegerField()
    queues = QueuesSerializer()
    pool = PoolSerializer()
    last_minute = LastMinuteSerializer()
    workers = WorkerSerializer(many=True)


class OverviewView(APIView):
    """`?days=7`: totals, rates, by channel, by day."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description=f"1–{MOST_DAYS}, default 7")],
        responses=OverviewSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = DaysSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(OverviewSerializer(overview(asked.validated_data["days"])).data)


class RealtimeView(APIView):
    """How it is going right now."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=RealtimeSerializer)
    def get(self, request: Request) -> Response:
        return Response(RealtimeSerializer(realtime()).data)
