"""Where a customer of an entry binds their phone: each entry's app registers how its page is reached."""

from collections.abc import Callable
from typing import TypeAlias

MakeUrl: TypeAlias = Callable[[str], str]

_makers: dict[str, MakeUrl] = {}


def register(entry: str, make_url: MakeUrl) -> None:
    """`make_url(address)` is a signed address of the page, for whoever is at `address` there."""
    _makers[entry] = make_url


def bind_link(entry: str, address: str) -> str:
    """Empty where that entry has no page."""
    make_url = _makers.get(entry)
    return make_url(address) if make_url is not None else ""
