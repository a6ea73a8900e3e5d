"""What a card is made of, and the registry. Apps register theirs in `ready()`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Tone(StrEnum):
    PLAIN = ""
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    href: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Line:
    text: str
    note: str = ""
    href: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Day:
    date: date
    total: int
    failed: int


@dataclass(frozen=True)
class Content:
    """What one person sees of a card now. `empty` is said where there are no lines."""

    figures: Sequence[Figure] = ()
    lines: Sequence[Line] = ()
    trend: Sequence[Day] = ()
    empty: str = ""
    more: str = ""
    scope: str = ""


# `load(user)` asks a bounded number of questions, whatever there is.
Load = Callable[[Any], Content]


@dataclass(frozen=True)
class Card:
    """Shown to those with `permission`; `rank` orders the cards, `is_wide` takes two columns."""

    name: str
    title: str
    icon: str
    permission: str
    rank: int
    load: Load = field(compare=False)
    is_wide: bool = False


@dataclass(frozen=True)
class Link:
    """A page outside the admin; `setting` names a switch without which there is none."""

    title: str
    icon: str
    url: str
    setting: str = ""


_cards: dict[str, Card] = {}
_links: dict[str, Link] = {}


def register(card: Card) -> None:
    _cards[card.name] = card


def register_link(link: Link) -> None:
    _links[link.url] = link


def cards_for(user: Any) -> list[Card]:
    ordered = sorted(_cards.values(), key=lambda card: card.rank)
    return [card for card in ordered if user.has_perm(card.permission)]


def links() -> list[Link]:
    return list(_links.values())
