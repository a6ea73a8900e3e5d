"""Where the API is more generous than its schema, on purpose: a number may come as text, text as a number.

Django REST framework reads `"5"` for 5, `5` for `"5"` and `"true"` for true, as forms and other
languages' clients send them; the schema names the one type that is meant. Nothing else is forgiven:
what is wrong after that reading must be refused.
"""

from collections.abc import Mapping
from typing import Any

import jsonschema

from tests.attack import operations

_DEPTH = 8
_AS_TEXT = ["string", "number"]


def reads(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether the body fits the schema once scalars of another type are read as meant."""
    validator = jsonschema.Draft202012Validator(generous(schema))
    return bool(validator.is_valid(value))


def generous(schema: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The schema, resolved, with every scalar taken in each form that stands for it."""
    if depth > _DEPTH:
        return {}
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return generous(operations.schema()["components"]["schemas"][name], depth + 1)
    made = {
        key: [generous(part, depth + 1) for part in value]
        if key in ("allOf", "oneOf", "anyOf")
        else {name: generous(part, depth + 1) for name, part in value.items()}
        if key == "properties"
        else generous(value, depth + 1)
        if key in ("items", "additionalProperties") and isinstance(value, Mapping)
        else value
        for key, value in schema.items()
        if key not in ("format", "readOnly", "nullable", "default", "description")
    }
    if "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")
    if schema.get("nullable"):
        return {"anyOf": [_scalar(made), {"type": "null"}]}
    return _scalar(made)


def _scalar(made: dict[str, Any]) -> dict[str, Any]:
    kind = made.get("type")
    if kind == "string" and "enum" not in made:
        return {**made, "type": _AS_TEXT}
    if kind in ("integer", "number"):
        return {"anyOf": [made, {"type": "string", "pattern": r"^\s*-?\d+(\.\d*)?\s*$"}]}
    if kind == "boolean":
        words = ["t", "y", "yes", "true", "on", "1", "f", "n", "no", "false", "off", "0"]
        spelt = [form for word in words for form in (word, word.upper(), word.capitalize())]
        return {"anyOf": [made, {"enum": [0, 1, *spelt]}]}
    return made
