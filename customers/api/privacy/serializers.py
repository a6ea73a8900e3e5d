"""What erasing asks for, and what it answers."""

from typing import Any

from rest_framework import serializers

from customers.models import Customer


class EraseSerializer(serializers.Serializer[Any]):
    """`confirm` must be true: there is no way back."""

    confirm = serializers.BooleanField()
    reason = serializers.CharField(max_length=200)

    def validate_confirm(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("删除后不能恢复，请用 true 确认", "confirm_required")
        return value


class ErasedSerializer(serializers.ModelSerializer[Customer]):
    """What is left."""

    class Meta:
        model = Customer
        fields = ["id", "name", "status", "erased_at"]
