"""What a serializer makes of what was given, or the refusal that names each wrong field."""

from typing import Any

from rest_framework.serializers import BaseSerializer


def validated(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """Raises DRF's `ValidationError` (HTTP 400)."""
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data
