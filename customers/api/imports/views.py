"""`/api/v1/customers/import…`: tables of customers in; and `/export`: out again (contract.md §3)."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.downloads import TABLE_ANSWERS, AnyAccept, asked_table, table_response
from config.api.idempotency import IdempotentPosts, multipart_digest
from config.api.keys import Scope
from config.api.permissions import STAFF, HasAccess, Rule
from customers.actions.imports import import_accept
from customers.api.actor import actor_of
from customers.api.customers.filters import CustomerFilter
from customers.api.imports import serializers as s
from customers.models import Customer, CustomerImport, CustomerStatus, ImportRowError
from customers.queries.exports import HEADER, exported
from customers.queries.imports import ERROR_HEADER, error_table, import_errors
from customers.visibility import (
    customers_visible_to,
    deleted_customers_visible_to,
    imports_visible_to,
)

WRITES = Rule(STAFF, Scope.CUSTOMERS_WRITE)


class ImportView(IdempotentPosts):
    """`POST /api/v1/customers/import`: 202 once the table is kept; what is none is a 400."""

    permission_classes = [HasAccess]
    access = {"post": WRITES}
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": s.ImportUploadSerializer},
        responses={202: s.ImportAcceptedSerializer},
    )
    def post(self, request: Request) -> Response:
        serializer = s.ImportUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        file = serializer.validated_data["file"]
        job, warnings = import_accept(
            file=file,
            name=file.name,
            is_dry_run=serializer.validated_data["dry_run"],
            actor=actor_of(request),
        )
        answer = {
            "import_id": job.import_id,
            "status": job.status,
            "dry_run": job.is_dry_run,
            "total": job.total,
            "warnings": warnings,
            "status_url": f"/api/v1/customers/imports/{job.import_id}",
        }
        return Response(s.ImportAcceptedSerializer(answer).data, status.HTTP_202_ACCEPTED)

    def body_of(self, request: Request) -> bytes:
        return multipart_digest(cast("Any", request.data))  # MultiPartParser's


class ImportListView(generics.ListAPIView[CustomerImport]):
    """`GET /api/v1/customers/imports`: one's own; administrators see all."""

    permission_classes = [HasAccess]
    access = {"get": WRITES}
    serializer_class = s.ImportSerializer
    queryset = CustomerImport.objects.none()
    ordering_fields = ["created_at"]

    def get_queryset(self) -> QuerySet[CustomerImport]:
        jobs = imports_visible_to(actor_of(self.request)).defer("content")
        return jobs.select_related("created_by").order_by("-id")


class ImportDetailView(generics.RetrieveAPIView[CustomerImport]):
    """`GET /api/v1/customers/imports/{import_id}`."""

    permission_classes = [HasAccess]
    access = {"get": WRITES}
    serializer_class = s.ImportDetailSerializer
    queryset = CustomerImport.objects.none()

    def get_object(self) -> CustomerImport:
        return _job(self.request, self.kwargs["import_id"])


class ImportErrorsView(generics.ListAPIView[ImportRowError]):
    """`GET …/errors`: a page of wrong fields; with `?as=csv` or `xlsx` all of them as a table."""

    permission_classes = [HasAccess]
    access = {"get": WRITES}
    serializer_class = s.ImportRowErrorSerializer
    content_negotiation_class = AnyAccept
    queryset = ImportRowError.objects.none()
    filter_backends = []

    @extend_schema(
        parameters=[OpenApiParameter("as", str, enum=["json", "csv", "xlsx"])],
        responses={
            (200, "application/json"): s.ImportRowErrorSerializer(many=True),
            **TABLE_ANSWERS,
        },
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        job = _job(request, kwargs["import_id"])
        kind = asked_table(request, default="json")
        page = self.paginate_queryset(import_errors(job))
        if kind != "json":
            return table_response(kind, job.import_id, ERROR_HEADER, error_table(job))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ExportView(generics.GenericAPIView[Customer]):
    """`GET /api/v1/customers/export?as=csv|xlsx`: the list with its filters, as a table.

    Within one's own view, sent while it is read; an import reads what comes out.
    """

    permission_classes = [HasAccess]
    access = {"get": Rule(STAFF, Scope.CUSTOMERS_READ)}
    content_negotiation_class = AnyAccept
    filterset_class = CustomerFilter
    queryset = Customer.objects.none()
    ordering_fields = ["created_at", "name", "risk_score"]
    ordering = ["-id"]

    @extend_schema(
        parameters=[OpenApiParameter("as", str, enum=["csv", "xlsx"])],
        responses=TABLE_ANSWERS,
    )
    def get(self, request: Request) -> HttpResponseBase:
        actor = actor_of(request)
        kind = asked_table(request, default="csv")
        asks_deleted = request.query_params.get("status") == str(int(CustomerStatus.DELETED))
        visible = deleted_customers_visible_to if asks_deleted else customers_visible_to
        customers = self.filter_queryset(visible(actor))
        rows = exported(customers, actor, kind=kind, asked=request.query_params)
        return table_response(kind, "customers", HEADER, rows)


def _job(request: Request, import_id: str) -> CustomerImport:
    jobs = imports_visible_to(actor_of(request)).defer("content").select_related("created_by")
    found: CustomerImport = get_object_or_404(jobs, import_id=import_id)
    return found
