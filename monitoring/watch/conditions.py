"""What a rule sees, and the rules that there are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.health.reading import Reading
from monitoring.models import Severity


@dataclass(frozen=True)
class Condition:
    """Something that is wrong right now. `subject` tells several of one rule apart.

    `channel`: the channel of messages that is broken by it, so that no alert goes that way.
    """

    rule: str
    subject: str
    summary: str
    severity: Severity = Severity.CRITICAL
    details: Mapping[str, Any] = field(default_factory=dict)
    channel: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.subject


Parts = Mapping[str, Reading]
Look = Callable[[Parts], Iterable[Condition]]


@dataclass(frozen=True)
class Rule:
    """`needs` are the parts without which nothing can be said; their own trouble is told instead.

    A condition counts once it has been there for `hold_seconds`.
    """

    name: str
    title: str
    look: Look
    needs: tuple[str, ...] = ()
    hold_seconds: int = 0


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    _rules[rule.name] = rule


def all_rules() -> list[Rule]:
    return list(_rules.values())


def title_of(name: str) -> str:
    """A rule's title; its name where the rule is gone."""
    return _rules[name].title if name in _rules else name
