"""Who is in which follow-up plan: entering by an event or by hand, leaving, changing hands."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from config.database import clock
from config.errors import ConflictError, InvalidInputError, NotFoundError
from customers.actions.history import lock_customer, require_team
from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerStatus,
    CustomerTag,
    EnrollmentStatus,
    FollowUp,
    FollowUpPlan,
    FollowUpTask,
    PlanEnrollment,
    PlanTrigger,
    Project,
    ProjectStatus,
    TaskStatus,
)
from customers.visibility import customers_visible_to

# With whom nobody follows up any more.
GONE = ~Q(status=CustomerStatus.NORMAL) | Q(blocked_at__isnull=False)


@transaction.atomic
def customer_enroll(*, customer_id: int, plan_id: int, actor: Actor) -> PlanEnrollment:
    """The customer in the plan from now on.

    Raises `NotFoundError`, `InvalidInputError` naming `plan_id`, and `ConflictError` when they are
    in it already, lost, or blocked.
    """
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    plan = FollowUpPlan.objects.filter(pk=plan_id, is_active=True).first()
    if plan is None:
        raise InvalidInputError("没有这个启用的计划", code="not_found", attr="plan_id")
    if customer.status != CustomerStatus.NORMAL or customer.is_blocked:
        raise ConflictError("客户已流失或已拉黑，不能加入跟进计划", code="customer_gone")
    if not _enter([plan], customer.pk, clock.now()):
        raise ConflictError(f"客户已在计划「{plan.name}」中（running）", code="already_enrolled")
    return plan.enrollments.get(customer=customer, status=EnrollmentStatus.RUNNING)


def plans_for(event_type: str, data: dict[str, Any]) -> list[FollowUpPlan]:
    """The active plans that an event starts."""
    active = FollowUpPlan.objects.filter(is_active=True)
    if event_type == "customer.created":
        return list(active.filter(trigger=PlanTrigger.CUSTOMER_CREATED))
    if event_type == "customer.tag.added":
        tags = data.get("tag_ids") or []
        return list(active.filter(trigger=PlanTrigger.TAG_ADDED, trigger_tag__in=tags))
    if event_type in ("project.created", "project.stage_changed"):
        stage = data.get("stage") or ""
        return list(active.filter(trigger=PlanTrigger.STAGE_ENTERED, trigger_stage=stage))
    return []


@transaction.atomic
def customer_enroll_by_event(
    *, plans: Iterable[FollowUpPlan], customer_id: int, at: datetime
) -> int:
    """Enters the plans whose reason still holds; returns how many. A repetition enters none."""
    customer = Customer.objects.exclude(GONE).filter(pk=customer_id).first()
    if customer is None:
        return 0
    return _enter([plan for plan in plans if _still_holds(plan, customer)], customer.pk, at)


def _still_holds(plan: FollowUpPlan, customer: Customer) -> bool:
    if plan.trigger == PlanTrigger.TAG_ADDED:
        return CustomerTag.objects.filter(customer=customer, tag=plan.trigger_tag_id).exists()
    if plan.trigger == PlanTrigger.STAGE_ENTERED:
        return Project.objects.filter(
            customer=customer, stage=plan.trigger_stage, status=ProjectStatus.OPEN
        ).exists()
    return True


def _enter(plans: list[FollowUpPlan], customer_id: int, at: datetime) -> int:
    """The unique index lets one running enrolment of a plan stand."""
    running = PlanEnrollment.objects.filter(
        customer=customer_id, status=EnrollmentStatus.RUNNING, plan__in=plans
    )
    before = running.count()
    PlanEnrollment.objects.bulk_create(
        [PlanEnrollment(plan=plan, customer_id=customer_id, started_at=at) for plan in plans],
        ignore_conflicts=True,
    )
    return running.count() - before


@transaction.atomic
def enrollment_stop(*, customer_id: int, enrollment_id: int, actor: Actor) -> PlanEnrollment:
    """Out of the plan; its open tasks are cancelled. Stopped twice changes nothing."""
    require_team(actor)
    visible = customers_visible_to(actor).values("pk")
    found = PlanEnrollment.objects.filter(customer__in=visible, customer=customer_id)
    stop_enrollments(found.filter(pk=enrollment_id), f"{actor.name}结束")
    enrollment = found.filter(pk=enrollment_id).select_related("plan").first()
    if enrollment is None:
        raise NotFoundError(f"没有计划参与 {enrollment_id}")
    return enrollment


def stop_enrollments(enrollments: QuerySet[PlanEnrollment], reason: str) -> int:
    """Ends those that run and cancels their open tasks; returns how many ended."""
    running = enrollments.filter(status=EnrollmentStatus.RUNNING)
    ids = list(running.values_list("pk", flat=True))
    if not ids:
        return 0
    FollowUpTask.objects.filter(enrollment__in=ids, status=TaskStatus.OPEN).update(
        status=TaskStatus.CANCELLED
    )
    return PlanEnrollment.objects.filter(pk__in=ids, status=EnrollmentStatus.RUNNING).update(
        status=EnrollmentStatus.STOPPED, reason=reason[:100], ended_at=clock.now()
    )


@transaction.atomic
def customer_leave_plans(*, customer_id: int) -> int:
    """Out of all plans, if the customer is lost, blocked or deleted; returns how many."""
    gone = Customer.objects.filter(GONE, pk=customer_id).first()
    if gone is None:
        return 0
    reason = "客户已拉黑" if gone.is_blocked else f"客户{gone.get_status_display()}"
    return stop_enrollments(PlanEnrollment.objects.filter(customer=gone), reason)


@transaction.atomic
def customer_work_handed_over(*, customer_id: int, from_user_id: int | None) -> None:
    """What the former owner still had to do for the customer is the present owner's.

    What belongs to others, such as a colleague who was asked for one visit, stays theirs.
    """
    owner_id = (
        Customer.objects.filter(pk=customer_id).values_list("follow_user_id", flat=True).first()
    )
    former = Q(owner__isnull=True) | Q(owner=from_user_id) | Q(owner__is_active=False)
    FollowUpTask.objects.filter(former, customer=customer_id, status=TaskStatus.OPEN).update(
        owner=owner_id
    )
    FollowUp.objects.filter(
        former, customer=customer_id, next_at__isnull=False, done_at__isnull=True
    ).update(owner=owner_id)
