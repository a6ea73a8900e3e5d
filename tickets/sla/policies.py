"""Changing policies: each change is a version, and tickets keep the one they were promised."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.events.publish import enqueue
from customers.actors import Actor
from tickets.models import SlaApplication, SlaPolicy, SlaPolicyVersion, Ticket
from tickets.sla.rules import Rules, checked_rules
from tickets.states import OPEN

APPLY_TASK = "tickets.tasks.sla.apply_policy"
# Of two tasks on one application the second does no harm.
OUGHT_TO_BE_DONE = timedelta(minutes=30)


@transaction.atomic
def policy_save(
    *,
    policy_id: int | None,
    rules: Mapping[str, Any],
    actor: Actor,
    version: int | None = None,
) -> SlaPolicy:
    """Makes a policy, or gives it its next version; the same rules again change nothing.

    `rules` has every field of `Rules`. Open tickets keep what they were promised until the policy
    is applied to them. Raises `NotAllowedError`, `NotFoundError`, `InvalidInputError`, and
    `ConflictError` when `version` is not the present one.
    """
    _require_admin(actor)
    checked = checked_rules(rules)
    policy = SlaPolicy(version=0) if policy_id is None else _locked(policy_id)
    if version is not None and policy_id is not None and version != policy.version:
        raise ConflictError(
            f"策略「{policy.name}」已被修改（当前版本 {policy.version}），请刷新后再试",
            code="version_conflict",
            attr="version",
        )
    transaction_lock("sla.policy_names")
    if SlaPolicy.objects.filter(name=checked.name).exclude(pk=policy.pk).exists():
        raise InvalidInputError(f"已有名为「{checked.name}」的策略", code="unique", attr="name")
    if policy_id is not None and rules_in_force(policy) == checked:
        return policy
    _write(policy, checked, actor)
    return policy


def rules_in_force(policy: SlaPolicy) -> Rules | None:
    """The present version's."""
    row = policy.versions.filter(version=policy.version).first()
    return Rules.from_json(row.rules) if row else None


@transaction.atomic
def policy_delete(*, policy_id: int, actor: Actor) -> None:
    """Raises `ConflictError` while open tickets live by it: switch it off and apply that first."""
    _require_admin(actor)
    policy = _locked(policy_id)
    held = Ticket.objects.filter(sla_policy=policy, status__in=OPEN).count()
    if held:
        raise ConflictError(
            f"还有 {held} 个未完成的工单使用策略「{policy.name}」；请先停用并应用到现有工单",
            code="in_use",
        )
    policy.delete()


@transaction.atomic
def policy_apply(*, policy_id: int, actor: Actor) -> SlaApplication:
    """Brings the present version to open tickets, in the background; the row tells how far it came.

    One that is still under way is answered again; when it ought to be done by now, its task may be
    lost and another goes on with it. Raises `NotFoundError`, `NotAllowedError`.
    """
    _require_admin(actor)
    policy = _locked(policy_id)
    running = policy.applications.filter(finished_at=None, version=policy.version).first()
    if running is not None:
        if timezone.now() - running.created_at > OUGHT_TO_BE_DONE:
            enqueue(APPLY_TASK, [[running.pk]], queue="default")
        return running
    made = SlaApplication.objects.create(
        policy=policy, version=policy.version, started_by=actor.user
    )
    enqueue(APPLY_TASK, [[made.pk]], queue="default")
    return made


def _write(policy: SlaPolicy, rules: Rules, actor: Actor) -> None:
    policy.version += 1
    for name, value in rules.as_json().items():
        if name != "tags":
            setattr(policy, name, value)
    policy.save()
    policy.tags.set(rules.tags)
    SlaPolicyVersion.objects.create(
        policy=policy, version=policy.version, rules=rules.as_json(), changed_by=actor.user
    )


def _locked(policy_id: int) -> SlaPolicy:
    policy = SlaPolicy.objects.select_for_update(no_key=True).filter(pk=policy_id).first()
    if policy is None:
        raise NotFoundError("没有这个 SLA 策略")
    return policy


def _require_admin(actor: Actor) -> None:
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以修改 SLA 策略")
