"""`/api/config/configs…` (contract.md §8): each registered key is an entry, set or not."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.idempotency import IdempotentPosts
from config.api.keys import Scope
from config.api.permissions import ADMINS, HasAccess, Rule
from config.api.validated import validated
from config.errors import ConflictError
from config.runtime import queries, schema, store
from config.runtime.api.filters import EntryFilter
from config.runtime.api.serializers import (
    RuntimeChangeSerializer,
    RuntimeCreationSerializer,
    RuntimeDiffQuerySerializer,
    RuntimeDiffSerializer,
    RuntimeResetSerializer,
    RuntimeRevisionSerializer,
    RuntimeRollbackSerializer,
    RuntimeSettingSerializer,
)
from config.runtime.models import RuntimeSetting, RuntimeSettingRevision

READS = Rule(ADMINS, Scope.CONFIG_READ)
WRITES = Rule(ADMINS, Scope.CONFIG_WRITE)


def entry_or_404(pk: int) -> RuntimeSetting:
    row = queries.entries().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


class EntryListView(generics.ListAPIView[RuntimeSetting], IdempotentPosts):
    """`GET` lists every key that can be set, with its value in force; `POST` sets one anew."""

    permission_classes = [HasAccess]
    access = {"get": READS, "post": WRITES}
    serializer_class = RuntimeSettingSerializer
    filterset_class = EntryFilter
    ordering_fields = ["key", "version", "updated_at"]
    queryset = RuntimeSetting.objects.none()

    def get_queryset(self) -> QuerySet[RuntimeSetting]:
        return queries.entries()

    @extend_schema(request=RuntimeCreationSerializer, responses={201: RuntimeSettingSerializer})
    def post(self, request: Request) -> Response:
        asked = validated(RuntimeCreationSerializer(data=request.data))
        key = asked.pop("key")
        schema.spec(key)
        row = queries.entries().get(key=key)
        if row.is_set:
            raise ConflictError(
                f"{key} 已经设置（版本 {row.version}），请用 PUT 修改",
                code="already_set",
                attr="key",
                extra={"id": row.pk, "version": row.version},
            )
        # Whoever else sets it meanwhile makes another version of it, and this is a conflict.
        row = _changed(row, {**asked, "version": row.version}, request)
        return Response(RuntimeSettingSerializer(row).data, status.HTTP_201_CREATED)


class EntryView(APIView):
    """`DELETE` goes back to the code's default; the entry and its history stay."""

    permission_classes = [HasAccess]
    access = {"get": READS, "put": WRITES, "delete": WRITES}

    @extend_schema(responses=RuntimeSettingSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(RuntimeSettingSerializer(entry_or_404(pk)).data)

    @extend_schema(request=RuntimeChangeSerializer, responses=RuntimeSettingSerializer)
    def put(self, request: Request, pk: int) -> Response:
        row = entry_or_404(pk)
        asked = validated(RuntimeChangeSerializer(data=request.data))
        return Response(RuntimeSettingSerializer(_changed(row, asked, request)).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("reason", str),
            OpenApiParameter("version", int, description="the version that the caller saw"),
        ],
        responses={200: RuntimeSettingSerializer},
    )
    def delete(self, request: Request, pk: int) -> Response:
        row = entry_or_404(pk)
        asked = validated(RuntimeResetSerializer(data=request.query_params.dict()))
        return Response(
            RuntimeSettingSerializer(store.reset(key=row.key, actor=request.user, **asked)).data
        )


class HistoryView(generics.ListAPIView[RuntimeSettingRevision]):
    """Every version that the entry ever had, newest first."""

    permission_classes = [HasAccess]
    access = {"get": READS}
    serializer_class = RuntimeRevisionSerializer
    filter_backends: list[Any] = []
    queryset = RuntimeSettingRevision.objects.none()

    def get_queryset(self) -> QuerySet[RuntimeSettingRevision]:
        return queries.history(self._entry)

    def get_serializer_context(self) -> dict[str, Any]:
        key = self._entry.key if hasattr(self, "_entry") else ""
        return {**super().get_serializer_context(), "key": key}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self._entry = entry_or_404(kwargs["pk"])
        return super().list(request, *args, **kwargs)


class RollbackView(APIView):
    """The value of an earlier version, as a new one."""

    permission_classes = [HasAccess]
    access = {"post": WRITES}

    @extend_schema(request=RuntimeRollbackSerializer, responses=RuntimeSettingSerializer)
    def post(self, request: Request, pk: int) -> Response:
        row = entry_or_404(pk)
        asked = validated(RuntimeRollbackSerializer(data=request.data))
        row = store.rollback(
            key=row.key, to=asked["version"], actor=request.user, reason=asked["reason"]
        )
        return Response(RuntimeSettingSerializer(row).data)


class DiffView(APIView):
    """What differs between two versions, path by path."""

    permission_classes = [HasAccess]
    access = {"get": READS}

    @extend_schema(
        parameters=[
            OpenApiParameter("from", int, description="without: the code's default"),
            OpenApiParameter("to", int, description="without: the value in force"),
        ],
        responses=RuntimeDiffSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        row = entry_or_404(pk)
        asked = validated(RuntimeDiffQuerySerializer(data=request.query_params.dict()))
        changes = queries.differences(row, before=asked.get("from"), after=asked.get("to"))
        return Response(RuntimeDiffSerializer({"key": row.key, "changes": changes}).data)


@transaction.atomic
def _changed(row: RuntimeSetting, asked: dict[str, Any], request: Request) -> RuntimeSetting:
    description = asked.pop("description", None)
    changed = store.change(key=row.key, actor=request.user, **asked)
    if description is not None:
        store.describe(changed, description)
    return changed
