"""Rules over everybody: set differences in SQL, a thousand customers at a time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from config.logs import get_logger
from customers.actions.tag_rules import tags_read
from customers.actions.tags import CHUNK, tag_spread, tag_withdraw
from customers.conditions.language import NotThat
from customers.conditions.matching import condition_q
from customers.models import Customer, CustomerTag, TagRule, TagSource
from customers.tagging.rules import (
    CHASING,
    MAX_ROUNDS,
    RULES,
    ReadyRule,
    ready_rules,
    rule_customers,
    stop,
)

logger = get_logger(__name__)


@dataclass(frozen=True)
class Difference:
    """What a run would change: who fits, who would get the tag, who would lose it."""

    matching: QuerySet[Customer]
    adding: QuerySet[Customer]
    removing: QuerySet[Customer]


def rules_run(rule_ids: Collection[int] | None = None) -> None:
    """Those rules (None: all in force), then those that look at the tags which moved, and so on."""
    rules = ready_rules()
    waiting = [ready for ready in rules if rule_ids is None or ready.rule.pk in rule_ids]
    for _ in range(MAX_ROUNDS):
        moved = {ready.rule.tag_id for ready in waiting if _run(ready, rules)}
        waiting = [ready for ready in rules if _looks_at(ready, moved)]
        if not waiting:
            return
    stop([ready.rule.pk for ready in waiting], CHASING)


def difference(ready: ReadyRule, rules: Collection[ReadyRule] = ()) -> Difference:
    """As things stand now; a tag that another of `rules` wants as well is not lost."""
    now = timezone.now()
    everybody, fits = rule_customers(), condition_q(ready.condition, now)
    rule = ready.rule
    carried = CustomerTag.objects.filter(tag=rule.tag, customer=OuterRef("pk"))
    matching = everybody.filter(fits)
    removing = everybody.none()
    if rule.removes:
        set_by_rule = carried.filter(rule=rule, source=TagSource.RULE)
        removing = everybody.filter(Exists(set_by_rule), _denied(ready, now))
        for other in _heirs(ready, rules):
            removing = removing.filter(_denied(other, now))
    return Difference(matching, matching.filter(~Exists(carried)), removing)


def _run(ready: ReadyRule, rules: Collection[ReadyRule]) -> bool:
    """Whether any customer's tags changed."""
    rule = ready.rule
    if rule.removes:
        _bequeath(ready, rules)
    found = difference(ready, rules)
    added = removed = 0
    for ids in _chunks(found.adding):
        added += len(
            tag_spread(
                tag=rule.tag, customer_ids=ids, actor=RULES, source=TagSource.RULE, rule=rule
            )
        )
    for ids in _chunks(found.removing):
        removed += len(tag_withdraw(tag=rule.tag, customer_ids=ids, actor=RULES, rule=rule))
    TagRule.objects.filter(pk=rule.pk).update(
        last_run_at=timezone.now(), matched=found.matching.count()
    )
    logger.info("tag_rule_run", rule=rule.pk, added=added, removed=removed)
    return bool(added or removed)


def _bequeath(ready: ReadyRule, rules: Collection[ReadyRule]) -> None:
    """Tags that this rule set and no longer wants, but another one does, become that one's."""
    now = timezone.now()
    no_longer = rule_customers().filter(_denied(ready, now))
    for other in _heirs(ready, rules):
        wanted = no_longer.filter(condition_q(other.condition, now))
        links = CustomerTag.objects.filter(
            tag=ready.rule.tag, rule=ready.rule, source=TagSource.RULE
        )
        links.filter(customer__in=wanted.values("pk")).update(rule=other.rule)


def _heirs(ready: ReadyRule, rules: Collection[ReadyRule]) -> list[ReadyRule]:
    return [
        other
        for other in rules
        if other.rule.tag_id == ready.rule.tag_id and other.rule.pk != ready.rule.pk
    ]


def _denied(ready: ReadyRule, now: datetime) -> Q:
    return condition_q(NotThat(ready.condition), now)


def _looks_at(ready: ReadyRule, tags: Collection[int]) -> bool:
    read = tags_read(ready.condition)
    return bool(tags) if read is None else not read.isdisjoint(tags)


def _chunks(customers: QuerySet[Customer]) -> Iterator[list[int]]:
    """Asked anew for each thousand: meanwhile they change."""
    last = 0
    while ids := list(
        customers.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        yield ids
        last = ids[-1]
