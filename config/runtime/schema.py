"""Which runtime keys there are: type, range and default of each (contract.md §8).

An app adds its own keys with `register` from `AppConfig.ready()`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jsonschema

from config.errors import InvalidFieldsError, InvalidInputError
from config.runtime.wording import faults_of

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


def _is_integer(_checker: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# JSON Schema takes 50.0 for an integer; a pool of 50.0 calls is none.
_Validator = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


def register(
    key: str,
    default: JSONValue,
    schema: dict[str, Any],
    description: str,
    *,
    check: Check | None = None,
    titles: Mapping[str, str] | None = None,
) -> None:
    """Makes `key` known. `schema` is JSON Schema; `default` must obey it.

    `check` sees a value that the schema has let through, completed from the default. `titles` name
    an object's parts for people, by their dotted path.
    """
    jsonschema.validate(default, schema)
    for path, title in (titles or {}).items():
        schema = _titled(schema, path.split("."), title)
    _specs[key] = SettingSpec(key, default, schema, description, check)


def _titled(schema: dict[str, Any], path: Sequence[str], title: str) -> dict[str, Any]:
    """A copy: parts of a schema are shared between keys."""
    if not path:
        return {**schema, "title": title}
    name, *rest = path
    properties = schema["properties"]
    return {**schema, "properties": {**properties, name: _titled(properties[name], rest, title)}}


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


def faults(key: str, value: JSONValue) -> list[tuple[str, str]]:
    """`(path, words)` of everything that is wrong with `value`; "" is the value as a whole.

    Raises `InvalidInputError` for a key that no app has registered.
    """
    found = spec(key)
    wrong = faults_of(_Validator(found.schema).iter_errors(value))
    if wrong or found.check is None:
        return wrong
    try:
        found.check(completed(key, value))
    except InvalidInputError as error:
        return [((error.attr or "").removeprefix("value").removeprefix("."), error.detail)]
    return []


def validate(key: str, value: JSONValue, *, attr: str = "value") -> None:
    """Raises `InvalidFieldsError` that names every wrong field, dotted, beginning with `attr`."""
    wrong = faults(key, value)
    if wrong:
        raise InvalidFieldsError(
            [(f"{attr}.{path}" if path else attr, f"{key}：{words}") for path, words in wrong]
        )


def completed(key: str, value: JSONValue) -> JSONValue:
    """An object with what it does not name taken from the default."""
    default = spec(key).default
    if isinstance(default, dict) and isinstance(value, dict):
        return {**default, **value}
    return value


def integer(minimum: int, maximum: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": minimum, "maximum": maximum}
