"""Whoever takes a table out leaves a line in the log."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from customers.actors import Actor


def noted(
    rows: Iterable[list[str]],
    log: Callable[..., object],
    *,
    actor: Actor,
    kind: str,
    asked: Mapping[str, Any],
) -> Iterator[list[str]]:
    """`rows`, and at their end, or where they break off, who took how many, narrowed by what.

    `log` takes that by name. Never whom, and never the words of a search.
    """
    count, finished = 0, False
    try:
        for row in rows:
            yield row
            count += 1
        finished = True
    finally:
        log(
            user_id=actor.user.pk if actor.user else None,
            by=actor.name if actor.user is None else "",
            kind=kind,
            filters=sorted(asked),
            count=count,
            finished=finished,
        )
