"""Times in a body that every database and every time zone can hold."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class MomentField(serializers.DateTimeField):
    """ISO 8601; without an offset it is local time."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
        except OverflowError:
            raise serializers.ValidationError("时间超出范围", "out_of_range") from None
        if not EARLIEST <= moment <= LATEST:
            raise serializers.ValidationError("时间超出范围", "out_of_range")
        return moment
