"""The registry of histories, and one page of all of them, newest first.

An act stands at (time, source, key). Each source is asked for one page behind the cursor's place by
one query, so pages neither repeat nor skip.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Act:
    """`who` is as the history has it; `where` is the door it came through."""

    at: datetime
    key: int
    who: str
    what: str
    thing: str
    where: str = ""
    href: str = ""
    said: str = ""
    changes: Sequence[Change] = ()
    source: str = ""


@dataclass(frozen=True)
class Place:
    at: datetime
    source: str
    key: int


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. Times are from (inclusive) and to (exclusive)."""

    user: Any
    person: int | None = None
    first: datetime | None = None
    last: datetime | None = None
    after: Place | None = None
    words: str = ""
    model: str = ""

    def rule(self, source: str, time_field: str, person_field: str) -> Q:
        """The condition that a source's rows must meet."""
        rule = Q()
        if self.person is not None:
            rule &= Q(**{person_field: self.person})
        if self.first is not None:
            rule &= Q(**{f"{time_field}__gte": self.first})
        if self.last is not None:
            rule &= Q(**{f"{time_field}__lt": self.last})
        if self.after is not None:
            rule &= self._behind(self.after, source, time_field)
        return rule

    @staticmethod
    def _behind(place: Place, source: str, time_field: str) -> Q:
        earlier = Q(**{f"{time_field}__lt": place.at})
        if source < place.source:
            return earlier
        same = Q(**{time_field: place.at})
        if source == place.source:
            same &= Q(pk__lt=place.key)
        return earlier | same


# `fetch(asked, most)` gives the newest acts of that source which the user may see.
Fetch = Callable[[Asked, int], Sequence[Act]]


@dataclass(frozen=True)
class Source:
    name: str
    label: str
    fetch: Fetch = field(compare=False)


_sources: dict[str, Source] = {}


def register(name: str, label: str, fetch: Fetch) -> None:
    """Called from `ready()`."""
    _sources[name] = Source(name, label, fetch)


def labels() -> dict[str, str]:
    return {source.name: source.label for source in _sources.values()}


def page_of(asked: Asked, *, wanted: str, size: int) -> tuple[list[Act], Place | None]:
    """One page of acts, and the place behind which the next one begins (None: there is none)."""
    sources = [each for each in _sources.values() if wanted in ("", each.name)]
    found = [
        Act(**{**vars(act), "source": source.name})
        for source in sources
        for act in source.fetch(asked, size + 1)
    ]
    found.sort(key=lambda act: act.key, reverse=True)
    found.sort(key=lambda act: act.source)
    found.sort(key=lambda act: act.at, reverse=True)
    page = list(islice(found, size))
    has_more = len(found) > size
    last = page[-1] if page else None
    return page, Place(last.at, last.source, last.key) if has_more and last else None
