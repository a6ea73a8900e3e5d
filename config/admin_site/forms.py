"""Forms that answer whatever is sent to them."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import (
    AutocompleteMixin,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, ManyToManyField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest


class _KnownOptions(AutocompleteMixin):
    """Shows the form again with what a key can be.

    Django looks up whatever was posted to show it as chosen, and fails on letters for a number,
    which the field beside it has already refused.
    """

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        key = self.field.target_field
        return super().optgroups(name, [one for one in value if _can_be(key, one)], attr)


class _KnownSelect(_KnownOptions, AutocompleteSelect):
    pass


class _KnownSelectMultiple(_KnownOptions, AutocompleteSelectMultiple):
    pass


class _KnownChoices(ModelMultipleChoiceField):
    """Refuses what no key can be before SQLite is asked for it, which fails on large numbers."""

    def clean(self, value: Any) -> Any:
        if isinstance(value, list | tuple) and self.queryset is not None:
            for one in value:
                if not _can_be(self.queryset.model._meta.pk, one):  # noqa: SLF001
                    raise ValidationError(
                        self.error_messages["invalid_pk_value"],
                        code="invalid_pk_value",
                        params={"pk": one},
                    )
        return super().clean(value)


class SafeForms:
    """Put under every admin by the site, as `SafeLists` is."""

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        self._widget(_KnownSelect, db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        self._widget(_KnownSelectMultiple, db_field, request, kwargs)
        kwargs.setdefault("form_class", _KnownChoices)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]

    def _widget(self, kind: Any, field: Any, request: HttpRequest, kwargs: dict[str, Any]) -> None:
        if field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs.setdefault("widget", kind(field, self.admin_site, using=kwargs.get("using")))  # type: ignore[attr-defined]


def _can_be(key: Any, value: Any) -> bool:
    try:
        key.run_validators(key.to_python(value))
    except (ValidationError, TypeError, ValueError):
        return False
    return True
