"""Reading and changing runtime settings; a change reaches every process within two seconds.

Each process keeps a copy of all rows and reads them again once the copy is a second old. One
small query a second is cheaper than keeping a subscription alive, and cannot miss a change.
"""

import threading
import time
from typing import Any, cast

from django.db import transaction

from config.locks import transaction_lock
from config.runtime import schema
from config.runtime.models import RuntimeSetting, RuntimeSettingRevision
from config.runtime.schema import JSONValue

SNAPSHOT_SECONDS = 1.0

_lock = threading.Lock()
_snapshot: dict[str, JSONValue] = {}
_read_at: float | None = None


def _fresh_snapshot() -> dict[str, JSONValue]:
    global _snapshot, _read_at
    with _lock:
        now = time.monotonic()
        if _read_at is None or now - _read_at >= SNAPSHOT_SECONDS:
            _snapshot = dict(RuntimeSetting.objects.values_list("key", "value"))
            _read_at = now
        return _snapshot


def forget_snapshot() -> None:
    """The next read asks the database."""
    global _read_at
    with _lock:
        _read_at = None


def get(key: str) -> Any:
    """The value in force, at most a second old; objects are completed from the default.

    Its type is what the key's schema says; raises `InvalidInputError` for an unknown key.
    """
    return _value(key, _fresh_snapshot())


def last_known(key: str) -> Any:
    """Like `get`, from this process's copy however old: for an event loop, which may not query."""
    return _value(key, _snapshot)


def _value(key: str, snapshot: dict[str, JSONValue]) -> Any:
    return schema.completed(key, snapshot.get(key, schema.spec(key).default))


def get_int(key: str) -> int:
    return cast("int", get(key))


@transaction.atomic
def change(*, key: str, value: JSONValue, actor: Any, reason: str = "") -> RuntimeSetting:
    """Sets `key` as a new version; raises `InvalidInputError` if the schema refuses `value`.

    `actor` is the user who did it, or None for the system: the kernel knows no user model.
    """
    schema.validate(key, value)
    transaction_lock(f"runtime:{key}")
    row, created = RuntimeSetting.objects.get_or_create(
        key=key,
        defaults={"value": value, "description": schema.spec(key).description, "updated_by": actor},
    )
    if not created:
        row.value = value
        row.version += 1
        row.updated_by = actor
        row.save(update_fields=["value", "version", "updated_by", "updated_at"])
    RuntimeSettingRevision.objects.create(
        setting=row, version=row.version, value=value, reason=reason, changed_by=actor
    )
    transaction.on_commit(forget_snapshot)
    return row
