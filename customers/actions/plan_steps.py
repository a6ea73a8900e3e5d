"""The scan that turns a plan's steps into tasks, each at its day and hour (SOP).

State decides, not the run: a step is due for who entered the plan long enough ago and has no task of
it yet, so a scan may be late, run twice, or beside another.
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from config.database.locks import try_transaction_lock
from customers.actions.enrollments import GONE, stop_enrollments
from customers.models import (
    Customer,
    EnrollmentStatus,
    FollowUpPlan,
    FollowUpTask,
    PlanEnrollment,
    PlanStep,
    TaskStatus,
)

CHUNK = 1000
# What no scan has made by then is not made any more: a step that is added to an old plan, or a long
# outage, must not bury anybody under tasks of long ago.
CATCH_UP = timedelta(days=3)


def make_due_tasks(now: datetime | None = None) -> int:
    """Tasks of all active plans that are due; returns how many were made."""
    moment = timezone.localtime(now)
    plans = FollowUpPlan.objects.filter(is_active=True).prefetch_related("steps")
    return sum(_work(plan, moment) for plan in plans)


@transaction.atomic
def _work(plan: FollowUpPlan, now: datetime) -> int:
    if not try_transaction_lock(f"follow_up_plan:{plan.pk}"):
        return 0  # another scan is at it
    running = PlanEnrollment.objects.filter(plan=plan, status=EnrollmentStatus.RUNNING)
    stop_enrollments(
        running.filter(customer__in=Customer.objects.filter(GONE).values("pk")),
        "客户已流失、拉黑或删除",
    )
    if plan.stops_on_reply:
        answered = running.filter(customer__last_active_at__gt=F("started_at"))
        stop_enrollments(answered, "客户已回应")
    steps = list(plan.steps.all())
    made = sum(_make(step, running, now) for step in steps)
    if steps:
        last = max(steps, key=lambda step: (step.day, step.hour))
        _finish(running.filter(started_at__lt=_entered_before(last, now)), now)
    return made


def _make(step: PlanStep, running: QuerySet[PlanEnrollment], now: datetime) -> int:
    until = _entered_before(step, now)
    done = FollowUpTask.objects.filter(enrollment=OuterRef("pk"), step=step)
    due = running.filter(
        ~Exists(done), started_at__lt=until, started_at__gte=until - CATCH_UP
    ).order_by("pk")
    made = 0
    while rows := list(
        due.values_list("pk", "customer_id", "customer__follow_user_id", "started_at")[:CHUNK]
    ):
        FollowUpTask.objects.bulk_create(
            [
                FollowUpTask(
                    enrollment_id=pk,
                    step=step,
                    customer_id=customer_id,
                    owner_id=owner_id,
                    title=step.title,
                    content=step.content,
                    due_at=_due_at(step, started_at),
                )
                for pk, customer_id, owner_id, started_at in rows
            ],
            ignore_conflicts=True,
        )
        made += len(rows)
    return made


def _entered_before(step: PlanStep, now: datetime) -> datetime:
    """Who entered the plan before then has reached the step's day and hour."""
    days = step.day if step.hour <= now.hour else step.day + 1
    return _midnight(now.date() - timedelta(days=days - 1))


def _due_at(step: PlanStep, started_at: datetime) -> datetime:
    """Never before the start: a plan entered in the afternoon begins then, not at nine."""
    day = timezone.localtime(started_at).date() + timedelta(days=step.day)
    return max(started_at, _midnight(day) + timedelta(hours=step.hour))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _finish(passed: QuerySet[PlanEnrollment], now: datetime) -> None:
    """Past its last step, and nothing left to do."""
    left = FollowUpTask.objects.filter(enrollment=OuterRef("pk"), status=TaskStatus.OPEN)
    ids = list(passed.filter(~Exists(left)).values_list("pk", flat=True))
    if ids:
        PlanEnrollment.objects.filter(pk__in=ids).update(
            status=EnrollmentStatus.FINISHED, ended_at=now
        )
