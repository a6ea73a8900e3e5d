"""Similar tickets and processing times as JSON (contract.md §4)."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tickets.api.tickets.serializers import TicketCustomerSerializer


class SimilarQuerySerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10_000, help_text="正在填写的问题")
    product = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class SimilarTicketSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    score = serializers.FloatField(help_text="0–1")
    status = serializers.CharField()
    resolution = serializers.CharField(help_text="当时如何解决；未解决为空")


class ProcessingTimesSerializer(serializers.Serializer[Any]):
    to_response_seconds = serializers.FloatField(allow_null=True)
    to_resolution_seconds = serializers.FloatField(allow_null=True)
    waiting_seconds = serializers.FloatField(help_text="等待客户")
    in_states = serializers.DictField(
        child=serializers.FloatField(), help_text="各状态停留的秒数，不含等待客户"
    )


class PeriodQuerySerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name that Python could give a field."""
        first = serializers.DateField(required=False, help_text="首日")
        last = serializers.DateField(required=False, help_text="末日（含），默认今天")
        return {"from": first, "to": last, **super().get_fields()}


class ReportQuerySerializer(PeriodQuerySerializer):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        kinds = serializers.ChoiceField(choices=["json", "csv", "xlsx"], required=False)
        return {**super().get_fields(), "as": kinds}


class SpreadSerializer(serializers.Serializer[Any]):
    """Seconds."""

    count = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)


class ProductCountSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(help_text="空为未填写")
    count = serializers.IntegerField()


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$"})
class MonthField(serializers.DateField):
    """`2026-01`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m", **kwargs)


class MonthSerializer(serializers.Serializer[Any]):
    month = MonthField()
    created = serializers.IntegerField()
    resolved = serializers.IntegerField()


class CommentSerializer(serializers.Serializer[Any]):
    ticket_id = serializers.IntegerField()
    title = serializers.CharField(source="ticket.title")
    score = serializers.IntegerField()
    comment = serializers.CharField()
    created_at = serializers.DateTimeField()


class SatisfactionSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True)
    distribution = serializers.DictField(child=serializers.IntegerField(), help_text="1–5 分各多少")
    comments = CommentSerializer(many=True)


class SlaFiguresSerializer(serializers.Serializer[Any]):
    kept = serializers.IntegerField(source="sla_kept")
    breached = serializers.IntegerField(source="sla_breached")
    rate = serializers.FloatField(source="sla_rate", allow_null=True, help_text="0–1")


class SpanSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        first = serializers.DateField(source="period.first")
        last = serializers.DateField(source="period.last")
        return {"from": first, "to": last, **super().get_fields()}


class ServiceReportSerializer(SpanSerializer):
    customer = TicketCustomerSerializer()
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    solved = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    reopened = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    by_priority = serializers.DictField(child=serializers.IntegerField())
    by_product = ProductCountSerializer(many=True)
    months = MonthSerializer(many=True)
    response = SpreadSerializer(help_text="首次响应")
    resolution = SpreadSerializer(help_text="解决")
    sla = SlaFiguresSerializer(source="*")
    satisfaction = SatisfactionSerializer()
    reminders = serializers.IntegerField(help_text="催促次数")


class FiguresSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="企业微信账号或产品；空为未分配、未填写")
    label = serializers.CharField()  # type: ignore[assignment]
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    solved = serializers.IntegerField()
    reopened = serializers.IntegerField()
    sla_kept = serializers.IntegerField()
    sla_breached = serializers.IntegerField()
    average_response = serializers.FloatField(allow_null=True)
    average_resolution = serializers.FloatField(allow_null=True)
    rated = serializers.IntegerField()
    satisfaction = serializers.FloatField(allow_null=True)


class DaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    created = serializers.IntegerField()
    resolved = serializers.IntegerField()


class TeamStatisticsSerializer(SpanSerializer):
    totals = FiguresSerializer()
    response = SpreadSerializer()
    resolution = SpreadSerializer()
    by_assignee = FiguresSerializer(many=True)
    by_product = FiguresSerializer(many=True)
    by_day = DaySerializer(many=True)
