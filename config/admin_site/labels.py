"""Coloured states: pairs of a colour's name and a text, which pages of one row would show as pairs."""

import functools
from collections.abc import Callable
from typing import Any


class Labelled(tuple[Any, Any]):
    """Still the pair that unfold's lists colour; as text it is what people read."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self[1])


def readable(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method behind unfold's `display(label=…)`, its pair readable wherever it is shown."""

    @functools.wraps(method)
    def shown(*args: Any, **kwargs: Any) -> Any:
        value = method(*args, **kwargs)
        is_pair = isinstance(value, tuple) and len(value) == 2
        return Labelled(value) if is_pair else value

    return shown
