"""Who acts on the callbacks of which source; an area registers its own from `ready()`.

`hear(callback, answer_by)` runs in the callback's own transaction and returns what an operator
reads about it, None where there was nothing to do. `answer_by` (`time.monotonic()`) is set while
the platform itself waits for the answer: until then it may be put into `callback.passive_reply`.
"""

from collections.abc import Callable
from typing import TypeAlias

from wechat.models import Callback, CallbackSource

Hear: TypeAlias = Callable[[Callback, float | None], str | None]

_hearers: dict[str, Hear] = {}


def register(source: CallbackSource, hear: Hear) -> None:
    _hearers[source] = hear


def hearer_of(source: str) -> Hear | None:
    return _hearers.get(source)
