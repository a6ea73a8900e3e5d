"""`/api/customer-service/statistics/…`: the desk's and its agents' figures.

`from` and `to` are days (today unless told), at most 92; `?as=csv|xlsx` is a table.
"""

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.downloads import TABLE_ANSWERS, AnyAccept, asked_table, table_response
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.api.chat.statistics import serializers as s
from tickets.chat.entries import registry
from tickets.chat.statistics import tables
from tickets.chat.statistics.agents import agents_of
from tickets.chat.statistics.now import queue_now
from tickets.chat.statistics.overview import MOST_DAYS, hours_of, overview
from tickets.history.period import Period, asked_period


class OverviewView(APIView):
    """The queue as it is, and the span's figures in all, by hour of the day, day and entry."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}

    @extend_schema(parameters=[s.OverviewQuerySerializer], responses=s.ChatOverviewSerializer)
    def get(self, request: Request) -> Response:
        found = overview(_period(request), entry=_entry(request))
        told = s.ChatOverviewSerializer({**vars(found), "queue": queue_now()}).data
        return Response(told)


class HoursView(APIView):
    """Each hour of the span."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}
    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[s.HoursQuerySerializer],
        responses={
            (200, "application/json"): s.ChatHoursSerializer,
            **TABLE_ANSWERS,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        kind = asked_table(request, default="json")
        period = _period(request)
        hours = hours_of(period, entry=_entry(request))
        if kind == "json":
            return Response(s.ChatHoursSerializer({"period": period, "list": hours}).data)
        rows = tables.exported(
            tables.hour_rows(hours), actor_of(request), kind=kind, asked=request.query_params
        )
        return table_response(kind, "chat-hours", tables.HOURS, rows)


class AgentsView(APIView):
    """Oneself; supervisors also those whom they lead; administrators everybody."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}
    content_negotiation_class = AnyAccept

    @extend_schema(
        parameters=[s.AgentsQuerySerializer],
        responses={
            (200, "application/json"): s.ChatAgentFiguresListSerializer,
            **TABLE_ANSWERS,
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        actor = actor_of(request)
        kind = asked_table(request, default="json")
        period = _period(request)
        agents = agents_of(period, actor)
        if kind == "json":
            return Response(
                s.ChatAgentFiguresListSerializer({"period": period, "list": agents}).data
            )
        rows = tables.exported(
            tables.agent_rows(agents), actor, kind=kind, asked=request.query_params
        )
        return table_response(kind, "chat-agents", tables.AGENTS, rows)


def _period(request: Request) -> Period:
    return asked_period(request.query_params, default_days=1, most_days=MOST_DAYS)


def _entry(request: Request) -> str:
    """Raises `InvalidInputError` for one that there is not."""
    asked: str = request.query_params.get("entry", "")
    return registry.get(asked).code if asked else ""
