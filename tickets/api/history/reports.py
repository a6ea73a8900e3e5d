"""`/api/customers/{id}/tickets/report` and `/api/tickets/statistics`."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.downloads import TABLE_ANSWERS, AnyAccept, asked_table, table_response
from config.api.keys import Scope
from config.api.permissions import ADMINS, STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from customers.visibility import customers_visible_to
from tickets.api.history import serializers as s
from tickets.history.period import asked_period
from tickets.history.report import service_report
from tickets.history.report_table import HEADER, report_rows
from tickets.history.statistics import team_statistics
from tickets.visibility import tickets_visible_to

REPORT_DAYS = 365
STATISTICS_DAYS = 30


class ServiceReportView(APIView):
    """What was done for a customer; by default in the last year. `?as=csv|xlsx` is a table."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}
    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[s.ReportQuerySerializer],
        responses={
            (200, "application/json"): s.ServiceReportSerializer,
            **TABLE_ANSWERS,
        },
    )
    def get(self, request: Request, customer_id: int) -> HttpResponseBase:
        actor = actor_of(request)
        customer = get_object_or_404(customers_visible_to(actor), pk=customer_id)
        kind = asked_table(request, default="json")
        period = asked_period(request.query_params, default_days=REPORT_DAYS)
        report = service_report(customer, period, actor)
        if kind != "json":
            name = f"service-report-{customer.pk}"
            return table_response(kind, name, HEADER, report_rows(report))
        return Response(s.ServiceReportSerializer(report).data)


class StatisticsView(APIView):
    """The team's tickets by colleague, product and day; by default of the last 30 days."""

    permission_classes = [HasAccess]
    access = {"get": Rule(ADMINS, Scope.TICKETS_READ)}

    @extend_schema(parameters=[s.PeriodQuerySerializer], responses=s.TeamStatisticsSerializer)
    def get(self, request: Request) -> Response:
        period = asked_period(request.query_params, default_days=STATISTICS_DAYS)
        found = team_statistics(tickets_visible_to(actor_of(request)), period)
        return Response(s.TeamStatisticsSerializer(found).data)
