"""Making and changing follow-up plans (SOP): what the owner does on which day after a trigger."""

from collections.abc import Sequence
from typing import Any, TypedDict

from django.db import IntegrityError, transaction

from config.errors import InvalidInputError, NotAllowedError
from customers.actions.enrollments import stop_enrollments
from customers.actors import Actor
from customers.models import FollowUpPlan, PlanStep, PlanTrigger, Tag

MAX_STEPS = 50
STEP_FIELDS = ("day", "hour", "title", "content")


class PlanFields(TypedDict, total=False):
    name: str
    trigger: str
    trigger_tag: Tag | None
    trigger_stage: str
    stops_on_reply: bool
    is_active: bool


class StepFields(TypedDict, total=False):
    """With `id` it is a step that is there already."""

    id: int
    day: int
    hour: int
    title: str
    content: str


@transaction.atomic
def plan_save(
    plan: FollowUpPlan, *, fields: PlanFields, steps: Sequence[StepFields] | None, actor: Actor
) -> FollowUpPlan:
    """A new or changed plan; `steps`, if given, are all of them from now on.

    A step that stays keeps its row, so who is in the plan does not get its task twice. Raises
    `NotAllowedError` for others than administrators, `InvalidInputError` naming the field.
    """
    require_admin(actor)
    for name, value in fields.items():
        setattr(plan, name, value)
    check_trigger(plan)
    if plan.pk is None and not steps:
        raise InvalidInputError("计划至少要有一个步骤", code="required", attr="steps")
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        taken = f"已有名为「{plan.name}」的计划"
        raise InvalidInputError(taken, code="unique", attr="name") from None
    if steps is not None:
        _save_steps(plan, steps)
    return plan


@transaction.atomic
def plan_remove(plan: FollowUpPlan, *, actor: Actor) -> bool:
    """True when it is gone; one that was ever used is switched off, and who is in it leaves it."""
    require_admin(actor)
    if not plan.enrollments.exists():
        plan.delete()
        return True
    plan.is_active = False
    plan.save(update_fields=["is_active"])
    stop_enrollments(plan.enrollments.all(), "计划已停用")
    return False


def require_admin(actor: Actor) -> None:
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以修改跟进计划")


def check_trigger(plan: FollowUpPlan) -> None:
    """A tag's plan names its tag, a stage's its stage; others name neither."""
    if plan.trigger == PlanTrigger.TAG_ADDED and plan.trigger_tag is None:
        raise InvalidInputError("请选择触发标签", code="required", attr="trigger_tag_id")
    if plan.trigger == PlanTrigger.STAGE_ENTERED and not plan.trigger_stage:
        raise InvalidInputError("请选择触发阶段", code="required", attr="trigger_stage")
    if plan.trigger != PlanTrigger.TAG_ADDED:
        plan.trigger_tag = None
    if plan.trigger != PlanTrigger.STAGE_ENTERED:
        plan.trigger_stage = ""


def _save_steps(plan: FollowUpPlan, steps: Sequence[StepFields]) -> None:
    if not 1 <= len(steps) <= MAX_STEPS:
        raise InvalidInputError(f"步骤必须是 1 到 {MAX_STEPS} 个", attr="steps")
    present = {step.pk: step for step in plan.steps.all()}
    kept: set[int] = set()
    for number, fields in enumerate(steps):
        values: dict[str, Any] = {name: fields[name] for name in STEP_FIELDS if name in fields}  # type: ignore[literal-required]
        pk = fields.get("id") or _same_step(present, kept, values)
        if pk is None:
            PlanStep.objects.create(plan=plan, **values)
            continue
        if pk not in present or pk in kept:
            raise InvalidInputError(
                "这个计划没有这个步骤", code="not_found", attr=f"steps.{number}.id"
            )
        kept.add(pk)
        step = present[pk]
        for name, value in values.items():
            setattr(step, name, value)
        step.save()
    PlanStep.objects.filter(pk__in=set(present) - kept).delete()


def _same_step(present: dict[int, PlanStep], kept: set[int], values: dict[str, Any]) -> int | None:
    """A step given without its id is the one at the same time with the same title, if there is one."""
    for pk, step in present.items():
        if pk not in kept and all(
            getattr(step, name) == values.get(name) for name in ("day", "hour", "title")
        ):
            return pk
    return None
