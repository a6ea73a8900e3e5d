"""What a row of the matrix says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.world import World

EVERYONE = frozenset({"customer", "staff", "admin"})
TEAM = frozenset({"staff", "admin"})
ADMINS = frozenset({"admin"})
Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Rule:
    """`who` by role, `scope` for API keys (empty: none may). `kind` is whose id stands in the address.

    `lists` names the kind that the answer is a list of; `more` says of which kind the address's
    other parts are; `but` tells who gets another answer than their role and view would have it.
    """

    who: frozenset[str]
    scope: str = ""
    kind: str = ""
    lists: str = ""
    body: Body | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    but: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """No login: a page for everybody, a probe, or a callback that its signature lets in."""

    why: str


Doors = dict[tuple[str, str], Rule]
