"""What differs between two JSON values, path by path."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from config.runtime.schema import JSONValue

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Change:
    """`path` is dotted, "" for the value as a whole; what was not there is None."""

    path: str
    kind: Kind
    old: JSONValue
    new: JSONValue


def diff(old: JSONValue, new: JSONValue) -> list[Change]:
    """Lists of one length are compared item by item, others as a whole."""
    return list(_diff(old, new, ()))


def _diff(old: JSONValue, new: JSONValue, path: tuple[str, ...]) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *(name for name in new if name not in old)]:
            at = (*path, name)
            if name not in new:
                yield Change(".".join(at), "removed", old[name], None)
            elif name not in old:
                yield Change(".".join(at), "added", None, new[name])
            else:
                yield from _diff(old[name], new[name], at)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _diff(before, after, (*path, str(place)))
    elif not _is_same(old, new):
        yield Change(".".join(path), "changed", old, new)


def _is_same(old: JSONValue, new: JSONValue) -> bool:
    """For Python, True is 1."""
    return old == new and isinstance(old, bool) == isinstance(new, bool)
