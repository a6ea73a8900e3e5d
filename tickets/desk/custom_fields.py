"""The fields that a desk adds to its tickets, and what values they take."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from config.errors import InvalidInputError
from tickets.models import CustomField

TEXT_LENGTH = 500
# The databases' JSON keeps whole numbers of this size exactly.
LARGEST = 2**53


def active_fields() -> list[CustomField]:
    """The definitions in use, in their order."""
    return list(CustomField.objects.filter(is_active=True))


def checked_values(values: Any, *, partial: bool = False) -> dict[str, Any]:
    """The values as they are kept; empty ones are left out, in a `partial` change they are None.

    Raises `InvalidInputError` whose `attr` is `custom_fields` or `custom_fields.<key>`: for a key
    that is not defined, a value of another kind, and, unless `partial`, a required one missing.
    """
    if not isinstance(values, Mapping):
        raise InvalidInputError("必须是对象", attr="custom_fields")
    fields = {field.key: field for field in active_fields()}
    if unknown := sorted(str(key) for key in values if key not in fields):
        raise _refusal(unknown[0][:50], "没有这个自定义字段")
    checked = {
        key: _checked(fields[key], value)
        for key, value in values.items()
        if partial or not _is_empty(value)
    }
    for key, field in fields.items():
        is_missing = checked.get(key) is None and (key in checked or not partial)
        if field.is_required and is_missing:
            raise _refusal(key, f"「{field.label}」必填")
    return checked


def merged_values(current: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`current` with the checked `changes` of a partial edit: None takes a value away."""
    both = {**current, **changes}
    return {key: value for key, value in both.items() if value is not None}


def _checked(field: CustomField, value: Any) -> Any:
    if _is_empty(value):
        return None
    return _KINDS[CustomField.Kind(field.kind)](field, value)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(field: CustomField, value: Any) -> str:
    if not isinstance(value, str):
        raise _refusal(field.key, f"「{field.label}」必须是文本")
    text = value.strip()
    if len(text) > TEXT_LENGTH or "\x00" in text or not _is_unicode(text):
        raise _refusal(field.key, f"「{field.label}」必须是 1 到 {TEXT_LENGTH} 个字")
    return text


def _number(field: CustomField, value: Any) -> int | float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or abs(value) > LARGEST or not math.isfinite(value):
        raise _refusal(field.key, f"「{field.label}」必须是数字")
    return value  # type: ignore[no-any-return]


def _choice(field: CustomField, value: Any) -> str:
    if not isinstance(value, str) or value not in field.options:
        options = "、".join(map(str, field.options))
        raise _refusal(field.key, f"「{field.label}」只能是：{options}")
    return value


def _date(field: CustomField, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise _refusal(field.key, f"「{field.label}」必须是日期，如 2026-02-01") from None


def _flag(field: CustomField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refusal(field.key, f"「{field.label}」必须是 true 或 false")
    return value


_KINDS: dict[CustomField.Kind, Callable[[CustomField, Any], Any]] = {
    CustomField.Kind.TEXT: _text,
    CustomField.Kind.NUMBER: _number,
    CustomField.Kind.CHOICE: _choice,
    CustomField.Kind.DATE: _date,
    CustomField.Kind.FLAG: _flag,
}


def _is_unicode(text: str) -> bool:
    """A lone surrogate has no place in a database."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refusal(key: str, detail: str) -> InvalidInputError:
    return InvalidInputError(detail, attr=f"custom_fields.{key}")
