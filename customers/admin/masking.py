"""Fields with a phone or an address in them, and what stands there for those who need not see it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from customers.phone_visibility import may_see_phones


class MaskedPhones(ModelAdmin):
    """`masked` names each such field's counterpart, a method that shows it masked.

    Of a row that is there already, the field itself is then not in the form either; a new one is
    typed by whoever makes it.
    """

    masked: Mapping[str, str] = {}

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._swapped(request, super().get_list_display(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        return [
            (title, {**parts, "fields": self._swapped(request, parts["fields"])})
            for title, parts in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = list(super().get_readonly_fields(request, obj))
        return shown if may_see_phones(request.user) else [*shown, *self.masked.values()]

    def _swapped(self, request: HttpRequest, names: Any) -> Any:
        if may_see_phones(request.user):
            return names
        return [
            self._swapped(request, name)
            if isinstance(name, list | tuple)
            else self.masked.get(name, name)
            for name in names
        ]
