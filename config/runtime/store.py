"""Reading and changing runtime settings; a change reaches every process within two seconds.

Each process keeps a copy of all rows. A thread of its own reads them again at every hint that
something changed, and once a second whatever it hears (config/runtime/following.py); where no such
thread runs, as in a command, `get` does so itself. So no reader waits for the database twice a
second, and no change can be missed for longer.
"""

import threading
import time
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction

from config.api.keys import ApiClient
from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError
from config.runtime import hints, schema
from config.runtime.models import RuntimeSetting, RuntimeSettingRevision
from config.runtime.schema import JSONValue

SNAPSHOT_SECONDS = 1.0


@dataclass(frozen=True)
class Kept:
    """One row of the copy."""

    value: JSONValue
    version: int
    is_set: bool


_lock = threading.Lock()
_snapshot: dict[str, Kept] = {}
_read_at: float | None = None


def _fresh_snapshot() -> dict[str, Kept]:
    with _lock:
        now = time.monotonic()
        if _read_at is None or now - _read_at >= SNAPSHOT_SECONDS:
            _read(now)
        return _snapshot


def _read(now: float) -> None:
    """With the lock held. Keys that nobody ever changed are left where they are."""
    global _snapshot, _read_at
    rows = RuntimeSetting.objects.filter(version__gt=0)
    _snapshot = {
        key: Kept(value, version, is_set)
        for key, value, version, is_set in rows.values_list("key", "value", "version", "is_set")
    }
    _read_at = now


def refresh() -> bool:
    """Reads the rows now; whether anything is another version than before."""
    with _lock:
        before = _versions(_snapshot)
        _read(time.monotonic())
        return before != _versions(_snapshot)


def forget_snapshot() -> None:
    """The next read asks the database."""
    global _read_at
    with _lock:
        _read_at = None


def versions_in_use() -> dict[str, int]:
    """Key → version of this process's copy; keys with nothing but their default are left out."""
    return _versions(_snapshot)


def _versions(snapshot: dict[str, Kept]) -> dict[str, int]:
    return {key: kept.version for key, kept in snapshot.items()}


def get(key: str) -> Any:
    """The value in force, at most a second old; objects are completed from the default.

    Its type is what the key's schema says; raises `InvalidInputError` for an unknown key.
    """
    return _value(key, _fresh_snapshot())


def last_known(key: str) -> Any:
    """Like `get`, from this process's copy however old: for an event loop, which may not query."""
    return _value(key, _snapshot)


def _value(key: str, snapshot: dict[str, Kept]) -> Any:
    kept = snapshot.get(key)
    if kept is None or not kept.is_set:
        return schema.spec(key).default
    return schema.completed(key, kept.value)


def get_int(key: str) -> int:
    return cast("int", get(key))


@transaction.atomic
def change(
    *, key: str, value: JSONValue, actor: Any, reason: str = "", version: int | None = None
) -> RuntimeSetting:
    """Sets `key` as a new version; raises `InvalidFieldsError` if the schema refuses `value`.

    `actor` is the user or the API key's `ApiClient` who did it, or None for the system: the kernel
    knows no user model. `version` is the one that they saw; see `write`.
    """
    schema.validate(key, value)
    return write(key=key, value=value, actor=actor, reason=reason, version=version)


@transaction.atomic
def reset(*, key: str, actor: Any, reason: str = "", version: int | None = None) -> RuntimeSetting:
    """Back to the code's default, as a new version; the history stays. Nothing to do is no version."""
    default = schema.spec(key).default
    row = _locked(key)
    if not row.is_set and version in (None, row.version):
        return row
    return write(key=key, value=default, actor=actor, reason=reason, version=version, is_set=False)


@transaction.atomic
def rollback(
    *, key: str, to: int, actor: Any, reason: str = "", version: int | None = None
) -> RuntimeSetting:
    """The value of version `to` as a new version.

    Raises `InvalidInputError` for a version that there never was, and for a value that the key's
    schema of today would refuse.
    """
    found = RuntimeSettingRevision.objects.filter(setting__key=key, version=to).first()
    if found is None:
        raise InvalidInputError(f"没有版本 {to}", code="unknown_version", attr="version")
    if found.is_set:
        schema.validate(key, found.value)
    return write(
        key=key,
        value=found.value if found.is_set else schema.spec(key).default,
        actor=actor,
        reason=reason or f"回滚到版本 {to}",
        version=version,
        is_set=found.is_set,
    )


def write(
    *,
    key: str,
    value: JSONValue,
    actor: Any,
    reason: str,
    version: int | None = None,
    is_set: bool = True,
) -> RuntimeSetting:
    """The one place where a version is made, of a value already checked, in a transaction.

    `version`: raises `ConflictError` if the key has another one by now.
    """
    row = _locked(key)
    if version is not None and version != row.version:
        raise ConflictError(
            f"{key} 已是版本 {row.version}，请核对后再保存",
            code="stale_version",
            attr="version",
            extra={"version": row.version},
        )
    user, name = _who(actor)
    row.value, row.is_set, row.version = value, is_set, row.version + 1
    row.updated_by, row.updated_by_name = user, name
    row.save()
    RuntimeSettingRevision.objects.create(
        setting=row,
        version=row.version,
        value=value,
        is_set=is_set,
        reason=reason,
        changed_by=user,
        changed_by_name=name,
    )
    transaction.on_commit(_announce)
    return row


def describe(row: RuntimeSetting, description: str) -> None:
    """The operators' own words for a key; "" goes back to the code's."""
    row.description = description
    row.save(update_fields=["description"])


def _announce() -> None:
    """Here at once; elsewhere as soon as the hint is heard."""
    forget_snapshot()
    hints.tell()


def _locked(key: str) -> RuntimeSetting:
    """The key's row, which no other transaction changes until this one ends."""
    transaction_lock(f"runtime:{key}")
    row, _ = RuntimeSetting.objects.get_or_create(
        key=key, defaults={"value": schema.spec(key).default, "version": 0, "is_set": False}
    )
    return row


def _who(actor: Any) -> tuple[Any, str]:
    """The account, if any, and the name to be remembered."""
    if actor is None:
        return None, ""
    if isinstance(actor, ApiClient):
        return None, f"API 密钥 {actor}"
    return actor, str(actor.get_username())
