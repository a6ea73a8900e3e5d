"""Where Django looks for this app's tables."""

from config.api.idempotency_record import IdempotencyRecord
from config.api.keys import ApiKey
from config.events.models import ConsumedEvent, OutboxEntry
from config.runtime.models import RuntimeSetting, RuntimeSettingRevision

__all__ = [
    "ApiKey",
    "ConsumedEvent",
    "IdempotencyRecord",
    "OutboxEntry",
    "RuntimeSetting",
    "RuntimeSettingRevision",
]
