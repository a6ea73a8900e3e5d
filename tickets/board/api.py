"""`GET /api/tickets/board`, `POST /api/tickets/bulk`."""

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.api.actor import actor_of
from tickets.api.tickets.filters import TicketFilter
from tickets.board import columns
from tickets.board import serializers as s
from tickets.board.bulk import tickets_do
from tickets.live.feed import current_seq
from tickets.models import Ticket
from tickets.queries.tickets import tickets_for
from tickets.states import TicketStatus


class BoardView(GenericAPIView[Ticket]):
    """The newest tickets of each state, under the filters of the ticket list."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.TICKETS_READ)}
    queryset = Ticket.objects.none()
    serializer_class = s.BoardSerializer
    filter_backends = [DjangoFilterBackend]
    filterset_class = TicketFilter
    pagination_class = None

    @extend_schema(parameters=[s.BoardQuerySerializer], responses=s.BoardSerializer)
    def get(self, request: Request) -> Response:
        asked = s.BoardQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        # Read before the tickets: what happens in between is told again, not missed.
        seq = current_seq()
        shown = self._columns(asked.validated_data)
        return Response(s.BoardSerializer({"seq": seq, "columns": shown}).data)

    def _columns(self, asked: dict[str, Any]) -> list[columns.Column]:
        tickets = self.filter_queryset(tickets_for(actor_of(self.request)))
        if asked["counts"]:
            numbers = columns.totals(tickets)
            return [
                columns.Column(status, numbers.get(status, 0), [], has_more=False)
                for status in TicketStatus
            ]
        if "column" in asked:
            status = TicketStatus(asked["column"])
            total = tickets.filter(status=status).count()
            before = asked.get("before")
            return [columns.column(tickets, status, total=total, before=before)]
        return columns.columns(tickets)


class BulkView(IdempotentPosts):
    """One act on up to 200 tickets; the answer says for each whether it was done, and why not."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.TICKETS_WRITE)}

    @extend_schema(request=s.BulkSerializer, responses=s.BulkDoneSerializer)
    def post(self, request: Request) -> Response:
        given = s.BulkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        outcomes = tickets_do(**given.validated_data, actor=actor_of(request))
        failed = sum(outcome.error is not None for outcome in outcomes)
        done = {
            "succeeded": len(outcomes) - failed,
            "failed": failed,
            "results": outcomes,
        }
        return Response(s.BulkDoneSerializer(done).data)
