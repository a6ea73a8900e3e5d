"""`/api/reports`: what there is, each report, and its tables as files."""

from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.downloads import TABLE_ANSWERS, AnyAccept, table_response
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from monitoring.reports import engine
from monitoring.reports.api import serializers as s
from monitoring.reports.asked import CUSTOM, DEFAULT_SPAN, MOST_DAYS, SPANS
from monitoring.reports.definition import Report
from monitoring.reports.registry import REPORTS, reports_for


class ReportsView(APIView):
    """The reports that the caller may read, what narrows them, and their tables."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.REPORTS_READ)}

    @extend_schema(responses=s.ReportListSerializer, operation_id="reports_list")
    def get(self, request: Request) -> Response:
        listed = [
            {
                "name": report.name,
                "title": report.title,
                "about": report.about,
                "filters": report.filters,
                "tables": [table.name for table in report.tables],
            }
            for report in reports_for(actor_of(request))
        ]
        return Response(s.ReportListSerializer({"list": listed}).data)


class ReportView(APIView):
    """Figures beside those of the span before, tables, charts; of what the caller may see."""

    report: ClassVar[Report]
    permission_classes = [HasAccess]

    def get(self, request: Request) -> Response:
        asked = engine.asked_of(self.report, request.query_params, actor_of(request))
        return Response(s.ReportSerializer(engine.answer(self.report, asked)).data)


class ReportExportView(APIView):
    """One table of the report as a file."""

    report: ClassVar[Report]
    permission_classes = [HasAccess]
    content_negotiation_class = AnyAccept

    def get(self, request: Request) -> HttpResponseBase:
        given = request.query_params
        kind = engine.asked_format(given)
        table = engine.asked_table(self.report, given)
        asked = engine.asked_of(self.report, given, actor_of(request))
        header, rows = engine.exported(self.report, table, asked, kind=kind)
        return table_response(kind, f"report-{self.report.name}-{table.name}", header, rows)


def _parameters(report: Report) -> list[OpenApiParameter]:
    days = f"起止日期（含），最多 {MOST_DAYS} 天"
    return [
        OpenApiParameter("period", str, enum=[*SPANS, CUSTOM], default=DEFAULT_SPAN),
        OpenApiParameter("from", OpenApiTypes.DATE, description=days),
        OpenApiParameter("to", OpenApiTypes.DATE, description=days),
        *[OpenApiParameter(one.name, str, description=one.title) for one in report.filters],
    ]


def view_of(report: Report) -> type[APIView]:
    """The report's own view: its parameters stand in the schema, its rule in the matrix."""
    access = {"get": Rule(report.roles, report.scope)}
    made: Any = type(f"{report.name.title()}ReportView", (ReportView,), _body(report, access))
    described = extend_schema(
        operation_id=f"reports_{report.name}",
        summary=report.title,
        parameters=_parameters(report),
        responses=s.ReportSerializer,
    )
    view: type[APIView] = extend_schema_view(get=described)(made)
    return view


def export_of(report: Report) -> type[APIView]:
    access = {"get": Rule(report.roles, report.scope)}
    made: Any = type(f"{report.name.title()}ExportView", (ReportExportView,), _body(report, access))
    described = extend_schema(
        operation_id=f"reports_{report.name}_export",
        summary=f"{report.title}导出",
        parameters=[
            *_parameters(report),
            OpenApiParameter("table", str, enum=[table.name for table in report.tables]),
            OpenApiParameter("format", str, enum=list(engine.FORMATS), default="csv"),
        ],
        responses=TABLE_ANSWERS,
    )
    view: type[APIView] = extend_schema_view(get=described)(made)
    return view


def _body(report: Report, access: dict[str, Rule]) -> dict[str, Any]:
    return {"report": report, "access": access, "__doc__": report.about}


VIEWS = [(report.name, view_of(report), export_of(report)) for report in REPORTS]
