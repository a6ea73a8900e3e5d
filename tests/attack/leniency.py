"""Where the API is more generous than its schema, on purpose: a number may come as text, text as a number.

Django REST framework reads `"5"` for 5, `5` for `"5"` and `"true"` for true, as forms and other
languages' clients send them, and a time without its offset as local; the schema names the one type
that is meant. Nothing else is forgiven: what is wrong after that reading must be refused.
"""

import re
from collections.abc import Mapping
from typing import Any

import jsonschema
from django.utils.dateparse import parse_date, parse_datetime

from tests.attack import operations

_DEPTH = 8
_NUMBER = re.compile(r"\s*-?\d{1,400}(\.\d{0,400})?\s*", re.ASCII)
_YES = ("t", "y", "yes", "true", "on", "1")
_NO = ("f", "n", "no", "false", "off", "0")
_WORDS = {
    form: word in _YES for word in (*_YES, *_NO) for form in (word, word.upper(), word.capitalize())
}
_FORMATS = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: Any) -> bool:
    """With an offset or without; a day alone is its first moment."""
    return not isinstance(value, str) or bool(parse_datetime(value) or parse_date(value))


@_FORMATS.checks("date", raises=ValueError)
def _is_day(value: Any) -> bool:
    return not isinstance(value, str) or parse_date(value) is not None


def reads(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether the body fits the schema once scalars of another type are read as meant."""
    whole = _whole(schema)
    validator = jsonschema.Draft202012Validator(whole, format_checker=_FORMATS)
    return bool(validator.is_valid(as_meant(whole, value)))


def as_meant(schema: Mapping[str, Any], value: Any) -> Any:
    """The value with each scalar in the type that the schema names, where it can be read so."""
    for several in ("allOf", "anyOf"):
        for part in schema.get(several, ()):
            value = as_meant(part, value)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        rest = schema.get("additionalProperties")
        rest = rest if isinstance(rest, Mapping) else {}
        return {name: as_meant(properties.get(name, rest), one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_meant(schema.get("items", {}), one) for one in value]
    if "enum" in schema and not isinstance(value, bool):
        return next((one for one in schema["enum"] if str(one) == str(value)), value)
    return _scalar(schema.get("type"), value)


def _scalar(kind: Any, value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind in ("integer", "number") and isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if kind == "boolean" and (is_number or isinstance(value, str)):
        return _WORDS.get(str(value), value)
    if kind == "string" and is_number:
        return str(value)
    return value


def _whole(schema: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The schema without references, as JSON Schema of today has it."""
    if depth > _DEPTH:
        return {}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _whole(operations.schema()["components"]["schemas"][name], depth + 1)
    made: dict[str, Any] = {
        key: [_whole(part, depth + 1) for part in value]
        if key in ("allOf", "oneOf", "anyOf")
        else {name: _whole(part, depth + 1) for name, part in value.items()}
        if key == "properties"
        else _whole(value, depth + 1)
        if key in ("items", "additionalProperties") and isinstance(value, Mapping)
        else value
        for key, value in schema.items()
        if key not in ("readOnly", "nullable", "default", "description")
    }
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made
