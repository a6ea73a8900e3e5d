"""What goes in and out at `/api/config/…`."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.runtime.models import RuntimeSetting, RuntimeSettingRevision
from config.runtime.queries import description_of, value_in_force
from config.runtime.schema import JSONValue, spec

REASON = 200


class RuntimeSettingSerializer(serializers.ModelSerializer[RuntimeSetting]):
    """One key: what is in force, what the default is, and who changed it last."""

    value = serializers.SerializerMethodField(
        "value_of", help_text="in force: completed from the default"
    )
    default = serializers.SerializerMethodField("default_of")
    is_default = serializers.SerializerMethodField(help_text="true: nobody has set it")
    description = serializers.SerializerMethodField()
    schema = serializers.SerializerMethodField(help_text="JSON Schema of the value")
    updated_by = serializers.SerializerMethodField()
    updated_at = serializers.SerializerMethodField()

    class Meta:
        model = RuntimeSetting
        fields = [
            "id",
            "key",
            "value",
            "default",
            "is_default",
            "description",
            "schema",
            "version",
            "updated_by",
            "updated_at",
        ]

    @extend_schema_field(OpenApiTypes.ANY)
    def value_of(self, row: RuntimeSetting) -> JSONValue:
        return value_in_force(row, row.key)

    @extend_schema_field(OpenApiTypes.ANY)
    def default_of(self, row: RuntimeSetting) -> JSONValue:
        return spec(row.key).default

    def get_is_default(self, row: RuntimeSetting) -> bool:
        return not row.is_set

    def get_description(self, row: RuntimeSetting) -> str:
        return description_of(row)

    def get_schema(self, row: RuntimeSetting) -> dict[str, Any]:
        return spec(row.key).schema

    def get_updated_by(self, row: RuntimeSetting) -> str | None:
        return row.updated_by_name or None

    def get_updated_at(self, row: RuntimeSetting) -> str | None:
        if row.version == 0:
            return None
        return serializers.DateTimeField().to_representation(row.updated_at)


class RuntimeChangeSerializer(serializers.Serializer[Any]):
    """Body of PUT. `version` is the one that the caller saw; if it is not the newest, 409."""

    value = serializers.JSONField(allow_null=True)
    description = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="blank: the code's own"
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=REASON)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class RuntimeCreationSerializer(RuntimeChangeSerializer):
    """Body of POST: gives a value to a key that has none of its own yet."""

    key = serializers.CharField(max_length=100)
    version = None  # type: ignore[assignment]


class RuntimeRollbackSerializer(serializers.Serializer[Any]):
    """`version` is the one whose value shall hold again."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=REASON)


class RuntimeResetSerializer(serializers.Serializer[Any]):
    """Query of DELETE."""

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=REASON)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class RuntimeRevisionSerializer(serializers.ModelSerializer[RuntimeSettingRevision]):
    value = serializers.SerializerMethodField("value_of", help_text="completed from the default")
    is_default = serializers.SerializerMethodField()
    changed_by = serializers.SerializerMethodField()

    class Meta:
        model = RuntimeSettingRevision
        fields = ["version", "value", "is_default", "reason", "changed_by", "changed_at"]

    @extend_schema_field(OpenApiTypes.ANY)
    def value_of(self, row: RuntimeSettingRevision) -> JSONValue:
        return value_in_force(row, self.context["key"])

    def get_is_default(self, row: RuntimeSettingRevision) -> bool:
        return not row.is_set

    def get_changed_by(self, row: RuntimeSettingRevision) -> str | None:
        return row.changed_by_name or None


class RuntimeDifferenceSerializer(serializers.Serializer[Any]):
    path = serializers.CharField(help_text="dotted; empty for the value as a whole")
    change = serializers.ChoiceField(["added", "removed", "changed"], source="kind")
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class RuntimeDiffQuerySerializer(serializers.Serializer[Any]):
    to = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's."""
        named: dict[str, Any] = super().get_fields()
        named["from"] = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
        return named


class RuntimeDiffSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    changes = RuntimeDifferenceSerializer(many=True)


class RuntimeExportSerializer(serializers.Serializer[Any]):
    exported_at = serializers.DateTimeField()
    values = serializers.DictField(child=serializers.JSONField(allow_null=True))


class RuntimeImportSerializer(serializers.Serializer[Any]):
    """`values` as exported, or a part of it. Dry runs answer what would change."""

    values = serializers.DictField(child=serializers.JSONField(allow_null=True), allow_empty=False)
    dry_run = serializers.BooleanField(default=False)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=REASON)


class RuntimeKeyChangeSerializer(serializers.Serializer[Any]):
    """`version`: of a dry run the present one, else the one that was made."""

    key = serializers.CharField()
    version = serializers.IntegerField()
    changes = RuntimeDifferenceSerializer(many=True)


class RuntimeImportedSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    changed = RuntimeKeyChangeSerializer(many=True)


class RuntimeBehindSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    version = serializers.IntegerField()
    newest = serializers.IntegerField()


class RuntimeProcessSerializer(serializers.Serializer[Any]):
    """`versions` leaves out keys that were never changed; `behind` is what is not yet taken over."""

    kind = serializers.CharField(
        source="line.kind", help_text="web, live, worker, relay, beat, or embedded"
    )
    host = serializers.CharField(source="line.host")
    pid = serializers.IntegerField(source="line.pid")
    queues = serializers.ListField(child=serializers.CharField(), source="line.queues")
    started_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    versions = serializers.DictField(child=serializers.IntegerField(), source="line.versions")
    behind = RuntimeBehindSerializer(many=True)


class RuntimeProcessesSerializer(serializers.Serializer[Any]):
    """`is_known` is false while Redis, which the processes tell, is away."""

    is_known = serializers.BooleanField()
    list = RuntimeProcessSerializer(many=True)
