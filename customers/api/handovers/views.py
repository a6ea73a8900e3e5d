"""`POST /api/v1/customers/transfer`, `/api/v1/handovers…` (contract.md §3)."""

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, STAFF, HasAccess, Rule
from config.api.validated import validated
from customers.actions.handover import (
    customers_transfer,
    handover_plan,
    handover_start,
    progress_of,
)
from customers.api.actor import actor_of
from customers.api.handovers import serializers as s
from customers.api.handovers.filters import HandoverFilter, ItemFilter
from customers.models import (
    Handover,
    HandoverItem,
    HandoverReason,
    User,
)
from customers.queries.handovers import handovers_for, items_of

READ, WRITE = Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE


class TransferView(IdempotentPosts):
    """`POST /api/v1/customers/transfer`: what becomes of each customer."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, WRITE)}

    @extend_schema(request=s.TransferSerializer, responses=s.TransferAnswerSerializer)
    def post(self, request: Request) -> Response:
        data = validated(s.TransferSerializer(data=request.data))
        data["reason"] = HandoverReason(data["reason"])
        handover, results = customers_transfer(**data, actor=actor_of(request))
        answer = {"handover_id": handover.pk if handover else None, "results": results}
        return Response(s.TransferAnswerSerializer(answer).data)


class HandoverViewSet(ListModelMixin, IdempotentPosts, GenericViewSet[Handover]):
    """Cases; they are administrators' business."""

    permission_classes = [HasAccess]
    access = {
        "list": Rule(ADMINS, READ),
        "retrieve": Rule(ADMINS, READ),
        "create": Rule(ADMINS, WRITE),
        "start": Rule(ADMINS, WRITE),
    }
    queryset = Handover.objects.none()
    serializer_class = s.HandoverSerializer
    filterset_class = HandoverFilter
    ordering_fields = ["created_at"]
    ordering = ["-id"]

    def get_queryset(self) -> Any:
        return handovers_for(actor_of(self.request))

    def list(self, request: Request) -> Response:
        rows = self.filter_queryset(self.get_queryset().defer("report", "cursor"))
        page: Any = self.paginate_queryset(rows)
        serializer = s.HandoverSerializer(page, many=True, context=_context(page))
        return self.get_paginated_response(serializer.data)

    @extend_schema(responses=s.HandoverDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(_shown(get_object_or_404(self.get_queryset(), pk=pk)))

    @extend_schema(request=s.PlanSerializer, responses={201: s.HandoverDetailSerializer})
    def create(self, request: Request) -> Response:
        """The dry run: a draft that says what would become of each; nothing is moved."""
        data = validated(s.PlanSerializer(data=request.data))
        data["reason"] = HandoverReason(data["reason"])
        handover = handover_plan(**data, actor=actor_of(request))
        return Response(_shown(handover), status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=s.HandoverDetailSerializer)
    def start(self, request: Request, pk: int) -> Response:
        handover = handover_start(handover_id=pk, actor=actor_of(request))
        return Response(_shown(handover))


class HandoverItemsView(ListModelMixin, GenericViewSet[HandoverItem]):
    """`GET /api/v1/handovers/{id}/items`."""

    permission_classes = [HasAccess]
    access = {"list": Rule(ADMINS, READ)}
    queryset = HandoverItem.objects.none()
    serializer_class = s.HandoverItemSerializer
    filterset_class = ItemFilter
    ordering_fields: list[str] = []

    def get_queryset(self) -> Any:
        cases = handovers_for(actor_of(self.request))
        return items_of(get_object_or_404(cases, pk=self.kwargs["pk"]))

    @extend_schema(parameters=[])
    def list(self, request: Request, pk: int) -> Response:
        return super().list(request)


def _shown(handover: Handover) -> Any:
    return s.HandoverDetailSerializer(handover, context=_context([handover])).data


def _context(handovers: Sequence[Handover]) -> dict[str, Any]:
    ids = {pk for handover in handovers for pk in handover.candidates}
    return {"progress": progress_of(handovers), "people": User.objects.in_bulk(ids)}
