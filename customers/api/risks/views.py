"""Who may be lost and why, and how good the warnings are (contract.md §3)."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.keys import Scope
from config.api.permissions import ADMINS, STAFF, HasAccess, Rule
from customers.actions.risk import risk_settle
from customers.api.actor import actor_of
from customers.api.risks import serializers as s
from customers.models import Customer
from customers.queries.risk import (
    Rate,
    customers_at_risk,
    signal_labels,
    warning_accuracy,
    with_reasons,
)
from customers.visibility import customers_visible_to


class RisksView(GenericAPIView[Customer]):
    """`GET /api/v1/customers/risks`: the riskiest of one's view first, each with its reasons."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}
    queryset = Customer.objects.none()
    serializer_class = s.AtRiskSerializer
    filter_backends: list[Any] = []

    @extend_schema(
        parameters=[s.RiskFilterSerializer], responses=s.AtRiskSerializer(many=True), filters=True
    )
    def get(self, request: Request) -> Response:
        asked = _asked(s.RiskFilterSerializer, request)
        found = customers_at_risk(
            actor_of(request),
            kind=asked.get("kind", ""),
            level=asked.get("level", ""),
            owner_id=asked.get("owner"),
            days=asked.get("days"),
        )
        page: Any = self.paginate_queryset(found)
        return self.get_paginated_response(s.AtRiskSerializer(with_reasons(page), many=True).data)


class CustomerRiskView(APIView):
    """`GET /api/v1/customers/{id}/risk`: each point of the score with its evidence."""

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}

    @extend_schema(responses=s.RiskSerializer)
    def get(self, request: Request, customer_id: int) -> Response:
        customer = get_object_or_404(customers_visible_to(actor_of(request)), pk=customer_id)
        return Response(s.RiskSerializer(with_reasons([customer])[0]).data)


class AccuracyView(APIView):
    """`GET /api/v1/risks/accuracy?days=90`: how past warnings ended, by level and by signal."""

    permission_classes = [HasAccess]
    access = {"get": Rule(ADMINS, Scope.CUSTOMERS_READ)}

    @extend_schema(parameters=[s.DaysSerializer], responses=s.AccuracySerializer)
    def get(self, request: Request) -> Response:
        found = warning_accuracy(_asked(s.DaysSerializer, request)["days"])
        labels = signal_labels(found.by_signal)
        answer = {
            "days": found.days,
            "overall": _rate(found.overall),
            "by_level": [{"level": name, **_rate(rate)} for name, rate in found.by_level.items()],
            "by_signal": [
                {"code": code, "label": labels[code], **_rate(rate)}
                for code, rate in found.by_signal.items()
            ],
            "late": found.late,
            "losses": found.losses,
            "unwarned": found.unwarned,
        }
        return Response(s.AccuracySerializer(answer).data)


class SettleView(APIView):
    """`POST /api/v1/risks/{id}/settle`: 409 once there is a conclusion."""

    permission_classes = [HasAccess]
    access = {"post": Rule(STAFF, Scope.CUSTOMERS_WRITE)}

    @extend_schema(request=s.SettleSerializer, responses=s.WarningSerializer)
    def post(self, request: Request, warning_id: int) -> Response:
        serializer = s.SettleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        warning = risk_settle(
            warning_id=warning_id, **serializer.validated_data, actor=actor_of(request)
        )
        return Response(s.WarningSerializer(warning).data)


def _asked(serializer_class: type[Any], request: Request) -> dict[str, Any]:
    """The query parameters; an unknown value is a 400 that names its parameter."""
    serializer = serializer_class(data=request.query_params.dict())
    serializer.is_valid(raise_exception=True)
    asked: dict[str, Any] = serializer.validated_data
    return asked


def _rate(rate: Rate) -> dict[str, Any]:
    return {**asdict(rate), "total": rate.total, "hit_rate": rate.hit_rate}
