"""What an import is told with, and how it is shown."""

from typing import Any

from rest_framework import serializers

from config.api.camel_case import CamelCaseInput
from customers.models import CustomerImport, ImportRowError
from customers.queries.imports import import_errors, import_warnings

ERRORS_SHOWN = 20


class ImportUploadSerializer(CamelCaseInput, serializers.Serializer[Any]):
    """Multipart: the table, and whether it is only checked."""

    file = serializers.FileField(allow_empty_file=True, max_length=1000)
    dry_run = serializers.BooleanField(default=False)


class ImportRowErrorSerializer(serializers.ModelSerializer[ImportRowError]):
    class Meta:
        model = ImportRowError
        fields = ["line", "field", "code", "detail"]


class ImportSerializer(serializers.ModelSerializer[CustomerImport]):
    """How far it has come; `position` rows of `total` are done."""

    dry_run = serializers.BooleanField(source="is_dry_run")
    created = serializers.IntegerField(source="created_count")
    updated = serializers.IntegerField(source="updated_count")
    unchanged = serializers.IntegerField(source="unchanged_count")
    failed = serializers.IntegerField(source="failed_count")
    created_by = serializers.SerializerMethodField()

    class Meta:
        model = CustomerImport
        fields = [
            "import_id",
            "file_name",
            "status",
            "dry_run",
            "total",
            "position",
            "created",
            "updated",
            "unchanged",
            "failed",
            "error",
            "created_by",
            "created_at",
            "finished_at",
        ]

    def get_created_by(self, job: CustomerImport) -> str:
        return job.created_by.display_name if job.created_by else ""


class ImportDetailSerializer(ImportSerializer):
    """With the columns that were left out, and the first errors."""

    warnings = serializers.SerializerMethodField()
    errors = serializers.SerializerMethodField(method_name="get_first_errors")  # type: ignore[assignment]

    class Meta(ImportSerializer.Meta):
        fields = [*ImportSerializer.Meta.fields, "warnings", "errors"]

    def get_warnings(self, job: CustomerImport) -> list[str]:
        return import_warnings(job)

    def get_first_errors(self, job: CustomerImport) -> list[dict[str, Any]]:
        rows = import_errors(job)[:ERRORS_SHOWN]
        return [dict(row) for row in ImportRowErrorSerializer(rows, many=True).data]


class ImportAcceptedSerializer(serializers.Serializer[Any]):
    """`warnings`: columns that mean nothing to us."""

    import_id = serializers.CharField()
    status = serializers.CharField()
    dry_run = serializers.BooleanField()
    total = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())
    status_url = serializers.CharField()
