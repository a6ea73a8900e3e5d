"""What the rules say of one customer, now: called after every change of them."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from customers.actions.tags import tag_spread, tag_withdraw
from customers.conditions.matching import condition_q
from customers.models import Customer, CustomerTag, TagSource
from customers.tagging.rules import (
    CHASING,
    MAX_ROUNDS,
    RULES,
    ReadyRule,
    ready_rules,
    rule_customers,
    stop,
)

# Rules that one query asks of.
AT_ONCE = 20


class _Chasing(Exception):
    """Rules that set and take tags in a circle."""

    def __init__(self, rule_ids: set[int]) -> None:
        super().__init__(rule_ids)
        self.rule_ids = rule_ids


def rules_evaluate(*, customer_id: int) -> None:
    """Sets and takes the rules' tags until nothing moves; those that chase each other are stopped.

    What the chasing ones did is undone, and the others' is done again without them.
    """
    while rules := ready_rules():
        try:
            with transaction.atomic():
                _settle(customer_id, rules)
            return
        except _Chasing as chasing:
            stop(chasing.rule_ids, CHASING)


def _settle(customer_id: int, rules: Sequence[ReadyRule]) -> None:
    # Held, so that of two evaluations at once the later one sees what the earlier one did.
    held = rule_customers().filter(pk=customer_id)
    if connection.vendor == "postgresql":
        held = held.select_for_update(of=("self",), no_key=True)
    if not held.exists():
        return
    tags = {ready.rule.tag_id for ready in rules}
    states: list[frozenset[int]] = []
    acted: list[set[int]] = []
    while True:
        links = {
            link.tag_id: link
            for link in CustomerTag.objects.filter(customer_id=customer_id, tag__in=tags)
        }
        state = frozenset(links)
        if state in states:
            raise _Chasing(set().union(*acted[states.index(state) :]))
        states.append(state)
        moved = _round(customer_id, rules, links)
        if not moved:
            return
        acted.append(moved)
        if len(acted) > MAX_ROUNDS:
            raise _Chasing(moved)


def _round(customer_id: int, rules: Sequence[ReadyRule], links: dict[int, CustomerTag]) -> set[int]:
    """The rules that set or took a tag."""
    fitting = _fitting(customer_id, rules)
    wanted: dict[int, ReadyRule] = {}
    for ready in rules:
        if ready.rule.pk in fitting:
            wanted.setdefault(ready.rule.tag_id, ready)
    moved: set[int] = set()
    for ready in rules:
        rule, link = ready.rule, links.get(ready.rule.tag_id)
        if link is None:
            if wanted.get(rule.tag_id) is ready:
                tag_spread(
                    tag=rule.tag,
                    customer_ids=[customer_id],
                    actor=RULES,
                    source=TagSource.RULE,
                    rule=rule,
                )
                moved.add(rule.pk)
        elif rule.removes and link.rule_id == rule.pk and rule.pk not in fitting:
            heir = wanted.get(rule.tag_id)
            if heir is not None:
                # Another rule wants the same tag: it is that one's now.
                CustomerTag.objects.filter(pk=link.pk).update(rule=heir.rule)
            elif tag_withdraw(tag=rule.tag, customer_ids=[customer_id], actor=RULES, rule=rule):
                moved.add(rule.pk)
    return moved


def _fitting(customer_id: int, rules: Sequence[ReadyRule]) -> set[int]:
    now = timezone.now()
    found: set[int] = set()
    for at in range(0, len(rules), AT_ONCE):
        part = rules[at : at + AT_ONCE]
        flags = {
            f"rule_{ready.rule.pk}": _flag(condition_q(ready.condition, now)) for ready in part
        }
        answers: Any = Customer.objects.filter(pk=customer_id).values(**flags).get()
        found |= {ready.rule.pk for ready in part if answers[f"rule_{ready.rule.pk}"]}
    return found


def _flag(fits: Q) -> Case | Value:
    if not fits:
        return Value(True)  # noqa: FBT003
    return Case(When(fits, then=Value(True)), default=Value(False))  # noqa: FBT003
