"""What makes up a score. Each signal looks at many customers with one query, and says why.

Rooms above add theirs (overdue tickets) with `register_signal`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypedDict

from django.utils import timezone

from customers.models import RiskLevel
from customers.risk.rules import HIGHEST_SCORE, RiskRules


class ReasonData(TypedDict):
    """As kept in `RiskWarning.reasons`."""

    code: str
    label: str
    points: int
    evidence: str
    at: str


@dataclass(frozen=True)
class Reason:
    """One part of a score: `evidence` is a sentence with the figures and the date behind it."""

    code: str
    points: int
    evidence: str
    at: datetime

    def as_data(self) -> ReasonData:
        return ReasonData(
            code=self.code,
            label=label_of(self.code),
            points=self.points,
            evidence=self.evidence,
            at=timezone.localtime(self.at).isoformat(),
        )


class Signal(Protocol):
    def __call__(
        self, customer_ids: Sequence[int], rules: RiskRules, now: datetime
    ) -> Iterable[tuple[int, Reason]]:
        """A customer's id with each reason found; a number of queries that no id adds to."""


@dataclass(frozen=True)
class Assessment:
    """A score of 0–100, its level, and the reasons whose points it is made of, weightiest first."""

    score: int
    level: RiskLevel
    reasons: list[Reason]

    @property
    def evidence(self) -> str:
        return "；".join(reason.evidence for reason in self.reasons)


_signals: list[Signal] = []
_labels: dict[str, str] = {}


def register_signal(find: Signal, labels: Mapping[str, str]) -> None:
    """Called from `ready()`; `labels` names, in Chinese, every code that `find` may yield."""
    if find not in _signals:
        _signals.append(find)
    _labels.update(labels)


def label_of(code: str) -> str:
    return _labels.get(code, code)


def assess(customer_ids: Sequence[int], rules: RiskRules, now: datetime) -> dict[int, Assessment]:
    """The present assessment of each customer, computed from what the database says now."""
    found: defaultdict[int, list[Reason]] = defaultdict(list)
    if customer_ids:
        for find in _signals:
            for customer_id, reason in find(customer_ids, rules, now):
                found[customer_id].append(reason)
    return {pk: _summed(found[pk], rules) for pk in customer_ids}


def _summed(reasons: list[Reason], rules: RiskRules) -> Assessment:
    score = min(sum(reason.points for reason in reasons), HIGHEST_SCORE)
    ranked = sorted(reasons, key=lambda reason: (-reason.points, reason.code))
    return Assessment(score, rules.level_of(score), ranked)
