"""What an edit in the admin changed, field by field, in Django's own history."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.models import ModelChoiceField, ModelChoiceIterator
from django.http import HttpRequest
from django.utils.timezone import is_aware, localtime

LONGEST = 200
NOTHING = "—"
HIDDEN = "（不显示）"
# Whatever form they stand in, the values of these are nobody's to read.
SECRET_WORDS = ("password", "secret", "token", "aes_key", "webhook")


class LoggedChanges:
    """Adds `values`: label, before, after. `audit_values` names the fields whose values may be kept.

    Without it all are kept. Where a room has a history of its own that knows of erasing (customers,
    tickets), its values stay there.
    """

    # Declared, not set: this class comes before the admin's own, whose word it is.
    audit_values: Collection[str] | None

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        message = super().construct_change_message(request, form, formsets, add)  # type: ignore[misc]
        if add or not isinstance(message, list):
            return message
        kept = getattr(self, "audit_values", None)
        for part in message:
            changed = part.get("changed") if isinstance(part, dict) else None
            if changed is not None and "name" not in changed:
                changed["values"] = list(_values(form, kept))
        return message


def _values(form: Any, kept: Collection[str] | None) -> Iterable[tuple[str, str, str]]:
    for name in form.changed_data:
        field = form.fields.get(name)
        if field is None:
            continue
        label = str(field.label or name)
        if (kept is not None and name not in kept) or _is_secret(name, field):
            yield label, HIDDEN, HIDDEN
        else:
            before = form.get_initial_for_field(field, name)
            yield label, in_words(before, field), in_words(form.cleaned_data.get(name), field)


def _is_secret(name: str, field: forms.Field) -> bool:
    has_secret_name = any(word in name for word in SECRET_WORDS)
    return has_secret_name or isinstance(field.widget, forms.PasswordInput)


def in_words(value: Any, field: forms.Field) -> str:
    """A value as the form's reader knows it: choices by their labels, times in local time."""
    if isinstance(field, ModelChoiceField):
        text = _rows_in_words(value, field)
    elif isinstance(value, list | tuple | set):
        text = "、".join(_one_in_words(item, field) for item in value)
    else:
        text = _one_in_words(value, field)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _rows_in_words(value: Any, field: "ModelChoiceField[Any]") -> str:
    many = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
    rows = [row for row in many if row not in (None, "")]
    keys = [row for row in rows if not isinstance(row, Model)]
    model = field.queryset.model if field.queryset is not None else None
    known = model._default_manager.in_bulk(keys) if keys and model else {}  # noqa: SLF001
    shown = [row if isinstance(row, Model) else known.get(row, row) for row in rows]
    return "、".join(sorted(str(row) for row in shown)) or NOTHING


def _one_in_words(value: Any, field: forms.Field) -> str:
    choices = getattr(field, "choices", None)
    if choices is not None and not isinstance(choices, ModelChoiceIterator):
        labels = {str(key): str(label) for key, label in _flat(choices)}
        if str(value) in labels:
            return labels[str(value)] or NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return f"{localtime(value) if is_aware(value) else value:%Y-%m-%d %H:%M}"
    return NOTHING if value in (None, "", [], {}) else str(value)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label
