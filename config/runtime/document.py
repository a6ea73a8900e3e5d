"""All keys as one mapping: read as a whole, compared, and changed all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from config.database.locks import transaction_locks
from config.errors import InvalidFieldsError, InvalidInputError
from config.runtime import schema, store
from config.runtime.diff import Change, diff
from config.runtime.models import RuntimeSetting
from config.runtime.queries import value_in_force
from config.runtime.schema import JSONValue

# What somebody wrote is repeated only so far.
_REPEATED = 100


@dataclass(frozen=True)
class KeyChange:
    """What would become, or became, of one key."""

    key: str
    version: int
    changes: list[Change]


def mapping() -> dict[str, JSONValue]:
    """Every registered key and its value in force, as the database has it now."""
    rows = {row.key: row for row in RuntimeSetting.objects.all()}
    return {
        spec.key: value_in_force(rows[spec.key], spec.key) if spec.key in rows else spec.default
        for spec in schema.all_specs()
    }


def check(values: Mapping[str, Any]) -> None:
    """Raises `InvalidFieldsError` that names every wrong field as `key.path`."""
    wrong: list[tuple[str, str]] = []
    unknown = False
    for key, value in values.items():
        try:
            found = schema.faults(key, value)
        except InvalidInputError:
            name = key[:_REPEATED]
            wrong.append((name, f"没有名为 {name} 的配置项"))
            unknown = True
            continue
        wrong += [(f"{key}.{path}" if path else key, words) for path, words in found]
    if wrong:
        raise InvalidFieldsError(wrong, code="unknown_key" if unknown and len(wrong) == 1 else None)


def compare(values: Mapping[str, Any]) -> list[KeyChange]:
    """What `apply` would change, key by key, after the same checks; nothing is written."""
    check(values)
    rows = {row.key: row for row in RuntimeSetting.objects.filter(key__in=values)}
    found: list[KeyChange] = []
    for key in sorted(values):
        row = rows.get(key)
        old = value_in_force(row, key) if row else schema.spec(key).default
        changes = diff(old, schema.completed(key, values[key]))
        if changes:
            found.append(KeyChange(key, row.version if row else 0, changes))
    return found


@transaction.atomic
def apply(values: Mapping[str, Any], *, actor: Any, reason: str = "") -> list[KeyChange]:
    """Sets all of them or none; what says the same as is in force already gets no new version."""
    check(values)
    transaction_locks([f"runtime:{key}" for key in values])
    changed = compare(values)
    return [
        KeyChange(
            one.key,
            store.write(key=one.key, value=values[one.key], actor=actor, reason=reason).version,
            one.changes,
        )
        for one in changed
    ]
