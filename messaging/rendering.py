"""Filling in `{{name}}`: names and dots only, never an expression (contract.md §2).

A template is parsed once into literals and names. What a variable holds is data: in markdown it is
made harmless, and nothing in it is ever parsed again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import timezone

from config.errors import InvalidInputError
from messaging.markup import as_text
from messaging.models import BodyFormat

_NAME = re.compile(r"\{\{\s*([^\W\d]\w*(?:\.\w+)*)\s*\}\}")


@dataclass(frozen=True)
class Parsed:
    """`parts`: literals at even places, variable names at odd ones."""

    parts: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The names found, each once, in order of appearance."""
        return list(dict.fromkeys(self.parts[1::2]))


class MissingVariablesError(InvalidInputError):
    """The template names what was not given; `names` lists all of them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"缺少变量：{'、'.join(names)}", code="missing_variable", attr=f"variables.{names[0]}"
        )
        self.names = names


@lru_cache(maxsize=1024)
def parse(source: str) -> Parsed:
    return Parsed(tuple(_NAME.split(source)))


def render(source: str, variables: Mapping[str, Any], *, body_format: str) -> str:
    """The text; raises `MissingVariablesError` naming every variable that was not given."""
    parsed = parse(source)
    values = {name: _value(name, variables) for name in parsed.names}
    missing = [name for name, value in values.items() if value is None]
    if missing:
        raise MissingVariablesError(missing)
    shown = {name: _shown(value, body_format) for name, value in values.items()}
    return "".join(
        part if place % 2 == 0 else shown[part] for place, part in enumerate(parsed.parts)
    )


def _value(name: str, variables: Mapping[str, Any]) -> str | None:
    found: Any = variables
    for key in name.split("."):
        if not isinstance(found, Mapping) or key not in found:
            return _system(name)
        found = found[key]
    if found is None or isinstance(found, (Mapping, list)):
        return None
    return str(found)


def _system(name: str) -> str | None:
    now = timezone.localtime()
    if name == "date":
        return f"{now:%Y-%m-%d}"
    if name == "time":
        return f"{now:%Y-%m-%d %H:%M:%S}"
    return None


def _shown(value: str | None, body_format: str) -> str:
    text = value or ""
    return as_text(text) if body_format == BodyFormat.MARKDOWN else text
