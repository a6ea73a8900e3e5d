"""What the OpenAPI schema must be told about us: API keys, and the one error shape."""

from typing import Any

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.serializers import PolymorphicProxySerializerExtension
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.utils import model_meta

READING = ("400", "401", "403", "404", "405", "406", "429")
WRITING = (*READING, "409", "413", "415")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key with the same body within 24 h returns the first answer, with "
    "`Idempotent-Replayed: true`; with another body 409. At most 255 characters.",
)


class ErrorDetailSerializer(serializers.Serializer[Any]):
    """`attr` names the field at fault, dotted where it is nested; null when none is."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ErrorResponseSerializer(serializers.Serializer[Any]):
    """Every refusal has this shape (contract.md §1)."""

    type = serializers.ChoiceField(choices=["validation_error", "client_error", "server_error"])
    errors = ErrorDetailSerializer(many=True)  # type: ignore[assignment]


class ApiSchema(AutoSchema):
    """Documents, with each operation, the refusals that it may answer."""

    def get_override_parameters(self) -> list[Any]:
        if self.method == "POST" and getattr(self.view, "takes_idempotency_key", False):
            return [IDEMPOTENCY_KEY]
        return []

    def _get_paginator(self) -> Any:
        """Only what is read comes in pages; a list that a change answers is whole."""
        return super()._get_paginator() if self.method == "GET" else None  # type: ignore[no-untyped-call]

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)  # type: ignore[arg-type]
        for code in READING if self.method == "GET" else WRITING:
            if code not in bodies:
                bodies[code] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    ErrorResponseSerializer, code
                )
        return bodies

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> dict[str, Any]:
        """As the library has it, and what is missing or not chosen yet is answered as it is kept."""
        if direction == "response" and isinstance(field, serializers.ChoiceField):
            field.allow_blank = field.allow_blank or _may_be_blank(field)
        described: dict[str, Any] = super()._map_serializer_field(  # type: ignore[no-untyped-call]
            field, direction, bypass_extensions
        )
        if direction == "response" and field.default is None and "nullable" not in described:
            return {**_referring(described), "nullable": True}
        return described

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        """As the library has it, but no address at all is none of the format `uri`."""
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        may_be_blank = getattr(field, "allow_blank", False) or _may_be_blank(field)
        if may_be_blank and schema.get("format") == "uri":
            del schema["format"]


def _may_be_blank(field: Any) -> bool:
    """Whether the column behind the field takes the empty text."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    if model is None or field.source == "*" or "." in (field.source or "."):
        return False
    columns = model_meta.get_field_info(model).fields
    return bool(getattr(columns.get(field.source or ""), "blank", False))


def _referring(described: dict[str, Any]) -> dict[str, Any]:
    """In OpenAPI 3.0 nothing may stand beside a bare reference."""
    return {"allOf": [described]} if "$ref" in described else described


class AnyOfSeveral(PolymorphicProxySerializerExtension):  # type: ignore[no-untyped-call]
    """Several shapes of one answer: the longer one holds the shorter, so `oneOf` would fit neither."""

    target_class = "drf_spectacular.utils.PolymorphicProxySerializer"
    priority = 1

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        mapped: dict[str, Any] = super().map_serializer(  # type: ignore[no-untyped-call]
            auto_schema, direction
        )
        return mapped if "discriminator" in mapped else {"anyOf": mapped["oneOf"]}


class VisitorScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes customers without a login."""

    target_class = "customers.visitors.authentication.VisitorAuthentication"
    name = "Visitor"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "visitor"}


class TokenScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    """How the schema describes tokens: as the library does."""

    target_class = "config.api.auth.TokenAuthentication"


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes API keys."""

    target_class = "config.api.auth.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key <key>`",
        }
