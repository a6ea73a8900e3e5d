"""`GET /api/admin/reports/sales` (contract.md §3)."""

import datetime as dt
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.dates import asked_day
from config.api.permissions import ADMINS, HasAccess, Rule
from config.errors import InvalidInputError
from customers.api.actor import actor_of
from customers.queries.sales import sales_report
from customers.visibility import projects_visible_to

DEFAULT_DAYS = 30
MAX_DAYS = 366
GROUPINGS = ("day", "owner", "product")


class FigureSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)


class StagesSerializer(serializers.Serializer[Any]):
    presale = FigureSerializer()
    insale = FigureSerializer()
    aftersale = FigureSerializer()


class ConversionSerializer(serializers.Serializer[Any]):
    """Shares from 0 to 1; null where there is nothing to divide by."""

    presale_to_insale = serializers.FloatField(allow_null=True)
    insale_to_aftersale = serializers.FloatField(allow_null=True)
    win_rate = serializers.FloatField(allow_null=True)


class SalesFiguresSerializer(serializers.Serializer[Any]):
    """`stages` divides what was created in the span by its present stage."""

    created = FigureSerializer()
    stages = StagesSerializer()
    won = FigureSerializer()
    lost = FigureSerializer()
    conversion = ConversionSerializer()


class SalesRowSerializer(SalesFiguresSerializer):
    """`key`: the date, the owner's WeCom user id, or the product; `label` for people."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class SalesReportSerializer(serializers.Serializer[Any]):
    group_by = serializers.CharField()
    totals = SalesFiguresSerializer()
    rows = SalesRowSerializer(many=True)
    truncated = serializers.BooleanField(source="is_truncated")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is no name that Python could give a field."""
        first, last = serializers.DateField(source="first"), serializers.DateField(source="last")
        return {"from": first, "to": last, **super().get_fields()}


class SalesReportView(APIView):
    """Counts and amounts by stage, won and lost, conversion rates; for administrators."""

    permission_classes = [HasAccess]
    access = {"get": Rule(ADMINS)}

    @extend_schema(
        parameters=[
            OpenApiParameter("from", dt.date, description="First day; default 29 days before `to`"),
            OpenApiParameter("to", dt.date, description="Last day, included; default today"),
            OpenApiParameter("group_by", str, enum=GROUPINGS, default="day"),
        ],
        responses=SalesReportSerializer,
    )
    def get(self, request: Request) -> Response:
        group_by = request.query_params.get("group_by", "day")
        if group_by not in GROUPINGS:
            raise InvalidInputError("只能是 day、owner、product 之一", attr="group_by")
        last = _day(request, "to") or timezone.localdate()
        first = _day(request, "from") or last - dt.timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            raise InvalidInputError("开始日期不能晚于结束日期", attr="from")
        if (last - first).days >= MAX_DAYS:
            raise InvalidInputError(f"一次最多统计 {MAX_DAYS} 天", attr="from")
        report = sales_report(
            projects_visible_to(actor_of(request)), first=first, last=last, group_by=group_by
        )
        return Response(SalesReportSerializer(report).data)


def _day(request: Request, name: str) -> dt.date | None:
    text = request.query_params.get(name)
    return None if text is None else asked_day(text, attr=name)
