"""Rules that tag by themselves: who makes them, and what they may not say."""

from typing import Any, TypedDict

from django.db import transaction

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.events.publish import enqueue
from customers.actions.segments import valid_name
from customers.actors import Actor
from customers.conditions import Condition, parse
from customers.conditions.language import leaves_of
from customers.conditions.references import check_references
from customers.models import Tag, TagRule

RUN_TASK = "customers.tasks.segments.run_rule"


class RuleChanges(TypedDict, total=False):
    name: str
    tag_id: int
    conditions: Any
    removes: bool
    is_active: bool


@transaction.atomic
def rule_create(*, fields: RuleChanges, actor: Actor) -> TagRule:
    """Raises `InvalidInputError` with the path in `conditions`, `ConflictError` for a taken name."""
    _require_admin(actor)
    return _save(TagRule(created_by=actor.user), fields)


@transaction.atomic
def rule_edit(*, rule_id: int, changes: RuleChanges, actor: Actor) -> TagRule:
    """A rule that was stopped for an error is tried again. Raises as `rule_create`."""
    return _save(_held(rule_id, actor), changes)


@transaction.atomic
def rule_delete(*, rule_id: int, actor: Actor) -> None:
    """What it has set stays with the customers."""
    _held(rule_id, actor).delete()


@transaction.atomic
def rule_request_run(*, rule_id: int, actor: Actor) -> TagRule:
    """Has it run over everybody. Raises `ConflictError` when it is switched off."""
    rule = _held(rule_id, actor)
    if not rule.is_active:
        raise ConflictError("规则已停用，不能运行", attr="is_active")
    rule.error = ""
    rule.save(update_fields=["error"])
    enqueue(RUN_TASK, [[rule.pk]], queue="default")
    return rule


def tags_read(condition: Condition) -> set[int] | None:
    """The tags that a condition looks at; None: all of them."""
    found: set[int] = set()
    for leaf in leaves_of(condition):
        if leaf.field == "tags":
            if leaf.op == "is_empty":
                return None
            found.update(leaf.value)
    return found


def check_own_tag(condition: Condition, tag_id: int, *, removes: bool) -> None:
    """Raises `InvalidInputError` for a rule that would chase itself."""
    read = tags_read(condition)
    if removes and (read is None or tag_id in read):
        raise InvalidInputError(
            "会移除标签的规则，条件不能取决于它自己的标签", code="own_tag", attr="conditions"
        )


def _held(rule_id: int, actor: Actor) -> TagRule:
    _require_admin(actor)
    rule = TagRule.objects.select_for_update(of=("self",)).filter(pk=rule_id).first()
    if rule is None:
        raise NotFoundError(f"没有规则 {rule_id}")
    return rule


def _require_admin(actor: Actor) -> None:
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以修改自动标签规则")


def _save(rule: TagRule, changes: RuleChanges) -> TagRule:
    rule.name = valid_name(changes.get("name", rule.name))
    if "tag_id" in changes:
        tag = Tag.objects.filter(pk=changes["tag_id"]).first()
        if tag is None:
            raise InvalidInputError("没有这个标签", code="not_found", attr="tag_id")
        rule.tag = tag
    rule.conditions = changes.get("conditions", rule.conditions)
    rule.removes = changes.get("removes", rule.removes)
    rule.is_active = changes.get("is_active", rule.is_active)
    condition = parse(rule.conditions)
    if "conditions" in changes:
        check_references(condition)
    check_own_tag(condition, rule.tag_id, removes=rule.removes)
    transaction_lock("customers.rule.names")
    if TagRule.objects.filter(name=rule.name).exclude(pk=rule.pk).exists():
        raise ConflictError(f"已有名为「{rule.name}」的规则", attr="name")
    rule.error = ""
    rule.save()
    return rule
