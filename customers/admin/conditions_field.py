"""Conditions in the admin: rows of field, operator and value; without scripts, their JSON."""

import json
from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput
from django.forms.renderers import BaseRenderer
from django.forms.widgets import Media, Script
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from config.errors import InvalidInputError
from customers.conditions import parse
from customers.conditions.describing import language
from customers.conditions.references import check_references, names_of_sources

EVERYBODY: dict[str, Any] = {"all": []}


class ConditionsWidget(UnfoldAdminTextareaWidget):
    """A text area that `conditions.js` turns into an editor; the language goes along."""

    def __init__(self) -> None:
        super().__init__(
            attrs={"rows": 8, "spellcheck": "false", "data-conditions": "conditions-language"}
        )

    @property
    def media(self) -> Media:
        script: Any = Script("customers/conditions.js", type="module")
        return Media(css={"all": ["customers/conditions.css"]}, js=[script])

    def render(
        self,
        name: str,
        value: Any,
        attrs: Any = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        described = {**language(), "sources": names_of_sources()}
        return format_html(
            "{}{}",
            super().render(name, value, attrs, renderer),
            json_script(described, "conditions-language"),
        )


class ConditionsField(forms.JSONField):
    """Refuses what the language does not know, naming the place."""

    widget = ConditionsWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(encoder=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=False, indent=2)
        return super().prepare_value(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except RecursionError:
            return InvalidJSONInput(data)

    def clean(self, value: Any) -> Any:
        try:
            conditions = super().clean(value)
            check_references(parse(conditions))
        except RecursionError:
            raise forms.ValidationError("条件嵌套过深") from None
        except InvalidInputError as error:
            raise forms.ValidationError(f"{error.attr}：{error.detail}") from error
        return conditions
