"""Which runtime keys there are: type, range and default of each (contract.md §8).

An app adds its own keys with `register` from `AppConfig.ready()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import jsonschema

from config.errors import InvalidInputError

JSONValue: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None
# What JSON Schema cannot say; raises `InvalidInputError` with an `attr` that begins with `value`.
Check: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True)
class SettingSpec:
    key: str
    default: JSONValue
    schema: dict[str, Any]
    description: str
    check: Check | None = None


_specs: dict[str, SettingSpec] = {}


def register(
    key: str,
    default: JSONValue,
    schema: dict[str, Any],
    description: str,
    *,
    check: Check | None = None,
) -> None:
    """Makes `key` known. `schema` is JSON Schema; `default` must obey it.

    `check` sees a value that the schema has let through, completed from the default.
    """
    jsonschema.validate(default, schema)
    _specs[key] = SettingSpec(key, default, schema, description, check)


def spec(key: str) -> SettingSpec:
    """Raises `InvalidInputError` for a key that no app has registered."""
    try:
        return _specs[key]
    except KeyError:
        raise InvalidInputError(
            f"没有名为 {key} 的配置项", code="unknown_key", attr="key"
        ) from None


def all_specs() -> list[SettingSpec]:
    return sorted(_specs.values(), key=lambda item: item.key)


def validate(key: str, value: JSONValue) -> None:
    """Raises `InvalidInputError` whose `attr` is the path of the first wrong field."""
    found = spec(key)
    validator = jsonschema.Draft202012Validator(found.schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    if error is not None:
        path = ".".join(["value", *[str(part) for part in error.absolute_path]])
        raise InvalidInputError(f"{key}: {error.message}", attr=path)
    if found.check is not None:
        found.check(completed(key, value))


def completed(key: str, value: JSONValue) -> JSONValue:
    """An object with what it does not name taken from the default."""
    default = spec(key).default
    if isinstance(default, dict) and isinstance(value, dict):
        return {**default, **value}
    return value


def integer(minimum: int, maximum: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": minimum, "maximum": maximum}
