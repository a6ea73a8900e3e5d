"""Filling in `{{name}}`: names and dots only, never an expression (contract.md §2).

A template is parsed once into literals and names. What a variable holds is data: in markdown and
HTML it is made harmless, and nothing in it is ever parsed again.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from config.errors import InvalidInputError
from messaging import variables as system
from messaging.channels.base import Content
from messaging.markup import as_text, one_line
from messaging.models import BodyFormat, MessageTemplate, TemplateVersion

_NAME = re.compile(r"\{\{\s*([^\W\d]\w*(?:\.\w+)*)\s*\}\}")
MAX_VALUE_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """`parts`: literals at even places, variable names at odd ones."""

    parts: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The names found, each once, in order of appearance."""
        return list(dict.fromkeys(self.parts[1::2]))

    def fill(self, shown: Mapping[str, str]) -> str:
        if len(self.parts) == 1:
            return self.parts[0]
        return "".join(
            [part if place % 2 == 0 else shown[part] for place, part in enumerate(self.parts)]
        )


class MissingVariablesError(InvalidInputError):
    """The template names what was not given; `names` lists all of them."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"缺少变量：{'、'.join(names)}", code="missing_variable", attr=f"variables.{names[0]}"
        )
        self.names = names


def parse(source: str) -> Parsed:
    """Without a blank, such as a picture in base64, there is nothing to take apart or to keep."""
    return _parse(source) if "{{" in source else Parsed((source,))


@lru_cache(maxsize=4096)
def _parse(source: str) -> Parsed:
    return Parsed(tuple(_NAME.split(source)))


class Source:
    """A template at one version, taken apart once; it renders many messages."""

    __slots__ = ("_body", "_options", "_subject", "body_format", "given_names", "names")

    def __init__(self, body_format: str, subject: str, body: str, options: Mapping[str, Any]):
        self.body_format = body_format
        self._subject = parse(subject)
        self._body = parse(body)
        self._options = options
        found = [*self._subject.names, *self._body.names]
        found += [name for text in strings_in(options) for name in parse(text).names]
        self.names = list(dict.fromkeys(found))
        # Whoever sends must give these; the system knows the others.
        self.given_names = [name for name in self.names if name not in system.names()]

    def missing(self, variables: Mapping[str, Any]) -> list[str]:
        """The names that `variables` and the system leave open."""
        return self.missing_of(self.given_names, variables)

    @staticmethod
    def missing_of(names: Sequence[str], variables: Mapping[str, Any]) -> list[str]:
        return [name for name in names if value_in(variables, name) is None]

    def render(self, variables: Mapping[str, Any]) -> Content:
        """The content; raises `MissingVariablesError` naming every variable that was not given."""
        values = {name: _value(name, variables) for name in self.names}
        missing = [name for name, value in values.items() if value is None]
        if missing:
            raise MissingVariablesError(missing)
        plain: dict[str, str] = {name: value or "" for name, value in values.items()}
        return Content(
            self.body_format,
            self._subject.fill({name: one_line(value) for name, value in plain.items()}),
            self._body.fill(_shown(plain, self.body_format)),
            _filled(self._options, self._for_options(plain)) if self._options else {},
        )

    def _for_options(self, plain: Mapping[str, str]) -> Mapping[str, str]:
        """A card's strings are markdown too; other options are fields that nobody interprets."""
        return _shown(plain, self.body_format) if self.body_format == BodyFormat.CARD else plain


def source_of(template: MessageTemplate | TemplateVersion) -> Source:
    return Source(template.body_format, template.subject, template.body, template.options)


def render(source: str, variables: Mapping[str, Any], *, body_format: str) -> str:
    """One text; raises `MissingVariablesError`."""
    return Source(body_format, "", source, {}).render(variables).body


def value_in(variables: Mapping[str, Any], name: str) -> str | None:
    """What was given for a plain or dotted name; None for nothing, an object or a list."""
    found: Any = variables.get(name)
    if found is None and "." in name:
        found = variables
        for key in name.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, (Mapping, list)):
        return None
    text = found if isinstance(found, str) else str(found)
    return text if len(text) <= MAX_VALUE_LENGTH else text[:MAX_VALUE_LENGTH]


def strings_in(value: Any) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)


def _value(name: str, variables: Mapping[str, Any]) -> str | None:
    given = value_in(variables, name)
    return system.value_of(name) if given is None else given


def _shown(plain: Mapping[str, str], body_format: str) -> Mapping[str, str]:
    if body_format in (BodyFormat.MARKDOWN, BodyFormat.CARD):
        return {name: as_text(value) for name, value in plain.items()}
    if body_format == BodyFormat.HTML:
        return {name: html.escape(value) for name, value in plain.items()}
    return plain


def _filled(value: Any, plain: Mapping[str, str]) -> Any:
    """Options are JSON: what fills a string in them cannot break out of it."""
    if isinstance(value, str):
        return parse(value).fill(plain)
    if isinstance(value, Mapping):
        return {key: _filled(item, plain) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, plain) for item in value]
    return value
