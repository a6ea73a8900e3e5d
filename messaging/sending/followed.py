"""Whoever marked a message hears how it ended: by the beginning of its `dedupe_key`.

A net is theirs to have: this tells what a worker or a receipt has written down, not what a worker
that died did not.
"""

from collections import defaultdict
from collections.abc import Iterable

from config.events.publish import enqueue

# The mark, and the task on its queue that takes the messages' keys.
_followers: dict[str, tuple[str, str]] = {}


def register(mark: str, *, task: str, queue: str) -> None:
    """`task` gets a list of primary keys. Called from an app's `ready()`; `mark` ends in a colon."""
    _followers[mark] = (task, queue)


def marks() -> list[str]:
    """The beginnings of `dedupe_key` that somebody follows."""
    return list(_followers)


def tell(ended: Iterable[tuple[int, str | None]]) -> None:
    """Messages whose state is final or has changed since, each with its `dedupe_key`."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, key in ended:
        if key is not None and (follower := _followers.get(key.partition(":")[0] + ":")):
            found[follower].append(pk)
    for (task, queue), pks in found.items():
        enqueue(task, [[pks]], queue=queue)
