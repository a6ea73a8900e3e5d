"""From a key's JSON Schema to the inputs of its form."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from rest_framework.exceptions import ParseError
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from config.api.parsers import check_storable
from config.runtime.schema import JSONValue

# Longer texts get more than one line.
_ONE_LINE = 100
MAX_JSON = 200_000


@dataclass(frozen=True)
class Leaf:
    """A place in the value that has one input: `path` leads there from the whole."""

    path: tuple[str, ...]
    schema: dict[str, Any]

    @property
    def name(self) -> str:
        """As errors of the schema name it, below `value`."""
        return ".".join(("value", *self.path))


def leaves(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Objects of known names are taken apart; everything else is one input."""
    properties = schema.get("properties")
    if schema.get("type") == "object" and properties and not _is_open(schema):
        for name, part in properties.items():
            yield from leaves(part, (*path, name))
    else:
        yield Leaf(path, schema)


def _is_open(schema: dict[str, Any]) -> bool:
    """Whether it may hold names that no input was made for."""
    return "patternProperties" in schema or isinstance(schema.get("additionalProperties"), dict)


def field_for(leaf: Leaf, label: str) -> forms.Field:
    schema = leaf.schema
    named: dict[str, Any] = {
        "label": f"{schema['title']}（{label}）" if "title" in schema else label,
        "help_text": "；".join(
            part for part in (schema.get("description", ""), _range(schema)) if part
        ),
    }
    kind = schema.get("type")
    if "enum" in schema and all(isinstance(one, str) for one in schema["enum"]):
        choices = [(one, one) for one in schema["enum"]]
        return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, **named)
    if kind == "boolean":
        return forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget, **named)
    if kind in ("integer", "number"):
        return _number(schema, named)
    if kind == "string":
        return _text(schema, named)
    return JsonField(**named)


def _number(schema: dict[str, Any], named: dict[str, Any]) -> forms.Field:
    """Left empty, it is left out, and the default completes it."""
    field = forms.IntegerField if schema["type"] == "integer" else forms.FloatField
    step = {"step": "1" if schema["type"] == "integer" else "any"}
    return field(
        required=False,
        min_value=schema.get("minimum"),
        max_value=schema.get("maximum"),
        widget=UnfoldAdminIntegerFieldWidget(attrs=step),
        **named,
    )


def _text(schema: dict[str, Any], named: dict[str, Any]) -> forms.Field:
    is_long = schema.get("maxLength", _ONE_LINE + 1) > _ONE_LINE
    widget = (
        UnfoldAdminTextareaWidget(attrs={"rows": 2}) if is_long else UnfoldAdminTextInputWidget()
    )
    # The schema itself says what is wrong with it, so that the words are everywhere the same.
    return LineEndingsField(required=False, strip=False, widget=widget, **named)


def _range(schema: dict[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"{least}–{most}"
    return f"至多 {schema['maxLength']} 个字" if "maxLength" in schema else ""


class LineEndingsField(forms.CharField):
    """Browsers send `\\r\\n` for what was `\\n`."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class JsonField(forms.CharField):
    """Lists, mappings and alternatives, written as JSON."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "spellcheck": "false", "data-json": ""})

    def __init__(self, **named: Any) -> None:
        super().__init__(max_length=MAX_JSON, **named)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else as_json(value)

    def clean(self, value: Any) -> Any:
        return read_json(super().clean(value))


def as_json(value: JSONValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def read_json(text: str) -> Any:
    """Raises `forms.ValidationError` for what is no JSON, or none that can be kept."""
    try:
        value = json.loads(text, parse_constant=_refuse)
        check_storable(value)
    except json.JSONDecodeError as error:
        raise forms.ValidationError(
            f"第 {error.lineno} 行第 {error.colno} 列不是合法的 JSON"
        ) from None
    except (ValueError, RecursionError):
        raise forms.ValidationError("不是合法的 JSON") from None
    except ParseError as error:
        raise forms.ValidationError(str(error.detail)) from None
    return value


def _refuse(word: str) -> None:
    raise ValueError(word)
