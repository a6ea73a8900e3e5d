"""A customer's link as JSON."""

from typing import Any

from rest_framework import serializers


class SecureLinkSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)


class RevokedSerializer(serializers.Serializer[Any]):
    """`link_epoch` counts the revocations, from 1."""

    id = serializers.IntegerField(source="pk", read_only=True)
    link_epoch = serializers.IntegerField(read_only=True)
