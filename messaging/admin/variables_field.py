"""Variables as people type them: one `名称=值` a line."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

MAX_LENGTH = 20_000


class VariablesField(forms.CharField):
    """Cleans to a dictionary; names the line that is neither empty nor `名称=值`."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        super().__init__(required=False, max_length=MAX_LENGTH, widget=widget, **options)

    def clean(self, value: Any) -> dict[str, str]:
        found: dict[str, str] = {}
        for at, line in enumerate(str(super().clean(value)).splitlines(), start=1):
            name, sign, text = line.partition("=")
            if line.strip() and not (sign and name.strip()):
                raise forms.ValidationError(f"第 {at} 行须写成 名称=值")
            if line.strip():
                found[name.strip()] = text.strip()
        return found
