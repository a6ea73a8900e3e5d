"""The rules that are in force, read and ready to be asked."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from config.api.roles import Role
from config.errors import ConflictError
from config.logs import get_logger
from customers.actors import Actor, Entry
from customers.conditions import Condition
from customers.models import Customer, TagRule
from customers.queries.segments import kept_condition
from customers.visibility import customers_visible_to

logger = get_logger(__name__)

# Rules act under this name; what they do starts no evaluation of its own (see tasks/segments.py).
RULES = Actor(None, "自动标签规则", Role.ADMIN, Entry.SYSTEM)
# A tag that a rule sets may make another rule fit; after so many rounds they chase each other.
MAX_ROUNDS = 6
CHASING = "规则互相触发、没有结果，已停止；请修改条件后重新保存"


@dataclass(frozen=True)
class ReadyRule:
    rule: TagRule
    condition: Condition


def ready_rules() -> list[ReadyRule]:
    """Switched on and without an error; one that can be read no longer gets one."""
    found = []
    for rule in TagRule.objects.filter(is_active=True, error="").select_related("tag"):
        try:
            found.append(ReadyRule(rule, kept_condition(rule.conditions)))
        except ConflictError as error:
            stop([rule.pk], error.detail)
    return sorted(found, key=lambda ready: ready.rule.pk)


def stop(rule_ids: Collection[int], reason: str) -> None:
    """Rules with an error rest until somebody saves or runs them."""
    TagRule.objects.filter(pk__in=rule_ids).update(error=reason[:500])
    logger.warning("tag_rules_stopped", rules=sorted(rule_ids))


def rule_customers() -> QuerySet[Customer]:
    """Whom rules look at: everybody who is not deleted, nor erased."""
    return customers_visible_to(RULES).filter(erased_at__isnull=True)
