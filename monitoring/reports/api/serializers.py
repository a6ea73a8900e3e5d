"""A report as JSON: the same shape for all of them; `columns` say what each value of a row is."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from monitoring.reports.asked import CUSTOM, SPANS
from monitoring.reports.definition import Kind
from monitoring.reports.engine import Filled

Fields = dict[str, serializers.Field[Any, Any, Any, Any]]


class ValueField(serializers.JSONField):
    """A cell's or a figure's value, as its kind has it."""

    def to_representation(self, value: Any) -> Any:
        return _plain(value)


class ReportSpanSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> Fields:
        """`from` is no name that Python could give a field."""
        return {"from": serializers.DateField(source="first"),
                "to": serializers.DateField(source="last")}  # fmt: skip


class ReportColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField(help_text="、".join(Kind) + "；share 为 0–1")


class ReportFigureSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="measure.name")
    title = serializers.CharField(source="measure.title")
    kind = serializers.CharField(source="measure.kind")
    good = serializers.CharField(source="measure.good", help_text="up 越高越好，down 越低越好")
    now = serializers.BooleanField(source="measure.is_now", help_text="当前值，不与上期比较")
    value = ValueField(allow_null=True)
    before = ValueField(allow_null=True, help_text="上期")
    change = serializers.FloatField(
        allow_null=True, help_text="比上期增减的比例；share、score 为差值"
    )


class ReportTableSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="table.name")
    title = serializers.CharField(source="table.title")
    note = serializers.CharField(source="table.note")
    columns = ReportColumnSerializer(source="table.columns", many=True)
    rows = serializers.SerializerMethodField()

    def get_rows(self, filled: Filled) -> list[dict[str, Any]]:
        """One value for each column."""
        return [
            {column.name: _plain(row[column.name]) for column in filled.table.columns}
            for row in filled.rows
        ]


class ReportSeriesSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="column.name")
    title = serializers.CharField(source="column.title")
    kind = serializers.CharField(source="column.kind")
    values = serializers.ListField(child=ValueField(allow_null=True))


class ReportChartSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="chart.name")
    title = serializers.CharField(source="chart.title")
    shape = serializers.CharField(source="chart.shape", help_text="bars、lines、shares")
    table = serializers.CharField(source="chart.table")
    x = serializers.CharField(source="x.name")
    labels = serializers.ListField(child=serializers.JSONField())
    series = ReportSeriesSerializer(many=True)


class ReportSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="report.name")
    title = serializers.CharField(source="report.title")
    span = serializers.CharField(source="asked.span.name", help_text="、".join((*SPANS, CUSTOM)))
    period = ReportSpanSerializer(source="asked.period")
    compared = ReportSpanSerializer(source="asked.span.compared")
    figures = ReportFigureSerializer(many=True)
    tables = ReportTableSerializer(many=True)
    charts = ReportChartSerializer(many=True)


class ReportFilterSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()


class ReportListingSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    filters = ReportFilterSerializer(many=True)
    tables = serializers.ListField(child=serializers.CharField())


class ReportListSerializer(serializers.Serializer[Any]):
    list = ReportListingSerializer(many=True)


def _plain(value: Any) -> Any:
    """Moments in the desk's time and money with its cents; the rest as JSON has it."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value)
    return f"{value:.2f}" if isinstance(value, Decimal) else value
