"""One key's form, made from its schema; what the schema refuses is said at the field at fault."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from config.runtime import schema
from config.runtime.admin.fields import Leaf, field_for, leaves
from config.runtime.api.serializers import REASON
from config.runtime.schema import JSONValue, SettingSpec


class SettingForm(forms.Form):
    """Fields are named as errors name them: `value`, or `value.max_pool_size`."""

    reason = forms.CharField(
        label="修改原因",
        required=False,
        max_length=REASON,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "写给以后查看历史的人"}),
    )
    seen_version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, spec: SettingSpec, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._spec = spec
        self._leaves = list(leaves(spec.schema))
        made = {
            leaf.name: field_for(leaf, leaf.path[-1] if leaf.path else "值")
            for leaf in self._leaves
        }
        self.fields = {**made, **self.fields}

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Inputs of one object together, under its name."""
        found: dict[str, list[forms.BoundField]] = {}
        for leaf in self._leaves:
            found.setdefault(self._heading(leaf), []).append(self[leaf.name])
        yield from found.items()

    def _heading(self, leaf: Leaf) -> str:
        """The object's name, if it is not the whole value."""
        part = self._spec.schema
        for name in leaf.path[:-1]:
            part = part["properties"][name]
        name = ".".join(leaf.path[:-1])
        return f"{part['title']}（{name}）" if "title" in part else name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self.value = self._value(cleaned)
            for path, words in schema.faults(self._spec.key, self.value):
                self.add_error(self._field_at(path), words)
        return cleaned

    def _value(self, cleaned: Mapping[str, Any]) -> JSONValue:
        if self._leaves[0].path == ():
            whole: JSONValue = cleaned["value"]
            return whole
        value: dict[str, Any] = {}
        for leaf in self._leaves:
            if cleaned[leaf.name] is None and leaf.schema.get("type") in ("integer", "number"):
                continue
            at = value
            for name in leaf.path[:-1]:
                at = at.setdefault(name, {})
            at[leaf.path[-1]] = cleaned[leaf.name]
        return value

    def _field_at(self, path: str) -> str | None:
        """The input whose place is nearest above; None says it above the form."""
        at = f"value.{path}" if path else "value"
        above = [leaf.name for leaf in self._leaves if f"{at}.".startswith(f"{leaf.name}.")]
        return max(above, key=len) if above else None


def initial_of(spec: SettingSpec, value: JSONValue) -> dict[str, Any]:
    """What the inputs show of a value in force."""
    return {leaf.name: _at(value, leaf) for leaf in leaves(spec.schema)}


def _at(value: Any, leaf: Leaf) -> Any:
    for name in leaf.path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


class ImportForm(forms.Form):
    """Pasted or as a file; `values` are what an export holds."""

    text = forms.CharField(required=False, max_length=2_000_000, strip=False)
    file = forms.FileField(required=False, max_length=200)
    reason = forms.CharField(required=False, max_length=REASON)
