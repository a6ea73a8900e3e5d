"""All keys at once: `/api/config/export`, `/import`, and `/api/admin/config` (contract.md §8)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.permissions import HasAccess
from config.api.validated import validated
from config.runtime import document
from config.runtime.api.entries import READS, WRITES
from config.runtime.api.serializers import (
    RuntimeExportSerializer,
    RuntimeImportedSerializer,
    RuntimeImportSerializer,
)

MAPPING_REASON = "批量修改"


class ExportView(APIView):
    """Every key and its value in force, as one document that `import` takes."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(responses=RuntimeExportSerializer)
    def get(self, request: Request) -> Response:
        found = {"exported_at": timezone.now(), "values": document.mapping()}
        return Response(RuntimeExportSerializer(found).data)


class ImportView(IdempotentPosts):
    """All or nothing; an error names `key.path`. What is in force already gets no new version."""

    permission_classes = [HasAccess]
    access = {"post": WRITES}

    @extend_schema(request=RuntimeImportSerializer, responses=RuntimeImportedSerializer)
    def post(self, request: Request) -> Response:
        asked = validated(RuntimeImportSerializer(data=request.data))
        values, is_dry = asked["values"], asked["dry_run"]
        changed = (
            document.compare(values)
            if is_dry
            else document.apply(values, actor=request.user, reason=asked["reason"] or "导入")
        )
        return Response(RuntimeImportedSerializer({"dry_run": is_dry, "changed": changed}).data)


class MappingView(IdempotentPosts):
    """The whole store as `{key: value}`; POST takes a part of it, all or nothing."""

    permission_classes = [HasAccess]
    access = {"get": READS, "post": WRITES}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response(document.mapping())

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        values: Any = request.data
        if not isinstance(values, dict):
            raise ValidationError("必须是对象：{键: 值}")
        document.apply(values, actor=request.user, reason=MAPPING_REASON)
        return Response(document.mapping())
