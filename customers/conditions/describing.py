"""The language as JSON: which fields there are, with which operators, and what values they take."""

from typing import Any

from customers.conditions.fields import Choices, Field, Param, all_fields
from customers.conditions.language import MAX_DEPTH, MAX_LEAVES


def language() -> dict[str, Any]:
    """For editors; a choice that names things by id carries their `source` instead of choices."""
    return {
        "max_depth": MAX_DEPTH,
        "max_leaves": MAX_LEAVES,
        "fields": [_field(field) for field in all_fields()],
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.label,
        "group": field.group,
        "kind": str(field.kind),
        "source": field.source,
        "operators": [
            {"op": op, "label": operator.label, "takes": str(operator.takes)}
            for op, operator in field.operators.items()
        ],
        "choices": _choices(field.choices),
        "params": [_param(param) for param in field.params],
    }


def _param(param: Param) -> dict[str, Any]:
    return {
        "name": param.name,
        "label": param.label,
        "kind": str(param.kind),
        "required": param.is_required,
        "choices": _choices(param.choices),
    }


def _choices(choices: Choices | None) -> list[dict[str, Any]]:
    return [{"value": value, "label": label} for value, label in choices()] if choices else []
