"""One search over everything: each kind of thing is a source, and each tells where the words stand.

Rooms above register theirs with `register_source`. A source shows only what its asker may see.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from customers.actors import Actor

SHOWN = 10
SNIPPET_LENGTH, BEFORE = 90, 24


@dataclass(frozen=True)
class Snippet:
    """Plain text, and where in it the words stand: pairs of start and end, counted in characters."""

    text: str
    marks: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Hit:
    """`where` names the field the snippet is of; `status` is empty for what has none."""

    id: int | str
    title: str
    where: str
    snippet: Snippet
    status: str = ""
    note: str = ""


# From the words, who asks, and how many at most to their newest or best hits.
Source = Callable[[str, Actor, int], Sequence[Hit]]


@dataclass(frozen=True)
class Found:
    """What one source found; `has_more` when there is more than is shown."""

    kind: str
    label: str
    hits: Sequence[Hit]
    has_more: bool


_sources: dict[str, tuple[str, Source]] = {}


def register_source(name: str, label: str, function: Source) -> None:
    """Makes a kind of thing searchable; called from `ready()`, in the order of the answer."""
    _sources[name] = (label, function)


def kinds() -> list[str]:
    return list(_sources)


def search(words: str, actor: Actor, wanted: Collection[str] = ()) -> list[Found]:
    """A group for each wanted kind (all unless told), also when it found nothing."""
    groups = []
    for kind, (label, source) in _sources.items():
        if not wanted or kind in wanted:
            hits = source(words, actor, SHOWN + 1)
            groups.append(Found(kind, label, hits[:SHOWN], len(hits) > SHOWN))
    return groups


def snippet_of(text: str, words: str) -> Snippet:
    """One line around the first place of `words` in `text`; its beginning when they are not there."""
    line = " ".join(text.split())
    found = re.compile(re.escape(" ".join(words.split())), re.IGNORECASE)
    first = found.search(line)
    start = max((first.start() if first else 0) - BEFORE, 0)
    end = start + SNIPPET_LENGTH
    head, tail = "…" if start else "", "…" if end < len(line) else ""
    shown = head + line[start:end] + tail
    return Snippet(shown, [match.span() for match in found.finditer(shown)] if first else [])


def holds(text: str, words: str) -> bool:
    """Whether the words stand in the text, whatever their case."""
    return bool(re.search(re.escape(words), text, re.IGNORECASE))
