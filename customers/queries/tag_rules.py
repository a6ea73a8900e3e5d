"""What a tagging rule would do."""

from typing import TypedDict

from customers.conditions import in_words
from customers.models import TagRule
from customers.queries.segments import kept_condition
from customers.tagging.rules import ReadyRule, ready_rules
from customers.tagging.run import difference


class RulePreview(TypedDict):
    """Numbers of customers."""

    matching: int
    adding: int
    removing: int
    description: str


def rule_preview(rule: TagRule) -> RulePreview:
    """Raises `ConflictError` when the saved condition can be read no longer."""
    ready = ReadyRule(rule, kept_condition(rule.conditions))
    found = difference(ready, ready_rules())
    return RulePreview(
        matching=found.matching.count(),
        adding=found.adding.count(),
        removing=found.removing.count(),
        description=in_words(ready.condition),
    )
