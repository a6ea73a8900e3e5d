"""One look at everything: what is wrong, and which rules could be asked at all."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError

from config.health.reading import Reading
from config.logs import get_logger
from config.redis_link import RedisAway
from monitoring.watch import holding
from monitoring.watch.conditions import Condition, Rule, all_rules

logger = get_logger(__name__)

# What depends on a part is not judged until the part has been well for so long: while everything
# comes back, one trouble is told, not all that it brought about.
SETTLED_SECONDS = 60


@dataclass
class Judgement:
    """`present` by rule and subject; a rule that is not in `judged` says nothing either way."""

    present: dict[tuple[str, str], Condition] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    # Seen, but not for long enough: worth another look soon.
    is_pending: bool = False

    @property
    def broken_channels(self) -> frozenset[str]:
        return frozenset(found.channel for found in self.present.values() if found.channel)


def judge(parts: Mapping[str, Reading]) -> Judgement:
    """Asks every rule whose needs are met."""
    judgement = Judgement()
    for rule in all_rules():
        if not all(_is_settled(parts[name]) for name in rule.needs):
            continue
        try:
            found = list(rule.look(parts))
        except (DatabaseError, RedisAway) as error:
            # It went away while we looked: the next round says so.
            logger.warning("watch_rule_unasked", rule=rule.name, error=type(error).__name__)
            continue
        judgement.judged.add(rule.name)
        _take_in(judgement, rule, found)
    return judgement


def _take_in(judgement: Judgement, rule: Rule, found: list[Condition]) -> None:
    for condition in found:
        if holding.seconds(condition.key, rule.hold_seconds) >= rule.hold_seconds:
            judgement.present[condition.key] = condition
        else:
            judgement.is_pending = True
    holding.forget_others(rule.name, {condition.subject for condition in found})


def _is_settled(reading: Reading) -> bool:
    return reading.is_ok and time.time() - reading.since >= SETTLED_SECONDS
