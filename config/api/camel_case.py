"""The customer document's camelCase on input (contract.md §1): `tagIds` for `tag_ids`.

Serializers of JSON bodies derive from `CamelCaseInput` before `Serializer`, filter sets from
`CamelCaseQuery` before `FilterSet`. Answers and errors name fields in snake_case.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from rest_framework import serializers

_SECOND_WORD = re.compile(r"_([a-z0-9])")

if TYPE_CHECKING:
    _Serializer = serializers.Serializer[Any]
else:
    _Serializer = object


def camel(name: str) -> str:
    """`follow_user_id` → `followUserId`."""
    return _SECOND_WORD.sub(lambda found: found[1].upper(), name)


def snake_cased(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """`data` with those `names` in snake_case, and everything else as it came.

    A name given in both forms raises DRF's `ValidationError` naming it.
    """
    known = {camel(name): name for name in names}
    renamed: dict[str, Any] = {}
    for key, value in data.items():
        name = known.get(key, key)
        if name in renamed:
            raise serializers.ValidationError({name: f"{name} 与 {camel(name)} 只能给一个"})
        renamed[name] = value
    return renamed


class CamelCaseInput(_Serializer):
    """Takes each declared field by its camelCase name as well; only those, nothing nested."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            data = snake_cased(data, self.fields)
        return super().to_internal_value(data)

    def unknown_names(self) -> list[str]:
        """What the body names that no field takes."""
        given: Any = self.initial_data
        return sorted(set(snake_cased(given, self.fields)) - set(self.fields))


class CamelCaseQuery:
    """The same for a filter set's query: `?followUserId=`."""

    base_filters: Mapping[str, Any]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if isinstance(data, QueryDict):
            known = {camel(name): name for name in self.base_filters}
            renamed = QueryDict(mutable=True)
            for key, values in data.lists():
                for value in values:
                    renamed.appendlist(known.get(key, key), value)
            data = renamed
        super().__init__(data, *args, **kwargs)  # type: ignore[call-arg]
