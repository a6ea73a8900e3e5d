"""What operators do with jobs: start one now, hold it, let it go on. Each leaves a line in the audit."""

import datetime as dt

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from config.celery import app
from config.errors import ConflictError, InvalidInputError
from config.events.publish import enqueue
from customers.models import User
from monitoring.jobs.catalogue import all_jobs
from monitoring.jobs.models import Job, JobRun, RunStatus
from monitoring.jobs.recording import ACTOR_HEADER, NAME_HEADER

START_TASK = "monitoring.tasks.start_job"
REASON_LENGTH = 200
# Longer than any task may take: what still runs then has lost its worker.
LOST_AFTER = dt.timedelta(minutes=20)


@transaction.atomic
def job_run(*, job_pk: int, actor: User) -> Job:
    """Starts it now, also while it is paused; raises `ConflictError` while it runs."""
    job = Job.objects.select_for_update(of=("self",)).get(pk=job_pk)
    began = job.last_started_at
    is_young = began is not None and began > timezone.now() - LOST_AFTER
    if job.last_status == RunStatus.RUNNING and is_young:
        raise ConflictError(f"「{job.name}」正在运行，请等它结束", attr="status")
    enqueue(START_TASK, [[job.name, actor.pk]], queue="default")
    _note(job, actor, "手动运行")
    return job


@transaction.atomic
def job_pause(*, job_pk: int, reason: str, actor: User) -> Job:
    """From now on beat does not start it; what has begun ends. Raises `ConflictError` when held."""
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_LENGTH or "\x00" in reason:
        raise InvalidInputError(f"请填写原因（至多 {REASON_LENGTH} 字）", attr="reason")
    changed = Job.objects.filter(pk=job_pk, is_paused=False).update(
        is_paused=True, paused_by=actor, paused_at=timezone.now(), pause_reason=reason
    )
    job = Job.objects.get(pk=job_pk)
    if not changed:
        raise ConflictError(f"「{job.name}」已经暂停", attr="status")
    _note(job, actor, f"暂停：{reason}")
    return job


@transaction.atomic
def job_resume(*, job_pk: int, actor: User) -> Job:
    """Beat starts it again at its next time. Raises `ConflictError` unless it was paused."""
    changed = Job.objects.filter(pk=job_pk, is_paused=True).update(
        is_paused=False, paused_by=None, paused_at=None, pause_reason=""
    )
    job = Job.objects.get(pk=job_pk)
    if not changed:
        raise ConflictError(f"「{job.name}」没有暂停", attr="status")
    _note(job, actor, "恢复")
    return job


def job_start(*, name: str, actor_pk: int) -> None:
    """Publishes the job's task as its own queue gets it from beat, with who asked."""
    spec = all_jobs().get(name)
    if spec is not None:
        headers = {NAME_HEADER: name, ACTOR_HEADER: actor_pk}
        app.send_task(spec.task, queue=spec.queue, headers=headers)


def runs_settle_lost() -> int:
    """Runs whose worker died are failures; returns how many there were."""
    lost = JobRun.objects.filter(
        status=RunStatus.RUNNING, started_at__lt=timezone.now() - LOST_AFTER
    )
    said = "进程中断，没有运行完"
    jobs = set(lost.values_list("job_id", flat=True))
    count = lost.update(status=RunStatus.FAILED, error=said, finished_at=timezone.now())
    Job.objects.filter(
        pk__in=jobs,
        last_status=RunStatus.RUNNING,
        last_started_at__lt=timezone.now() - LOST_AFTER,
    ).update(last_status=RunStatus.FAILED, last_error=said)
    return count


def _note(job: Job, actor: User, said: str) -> None:
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(Job),
        object_id=str(job.pk),
        object_repr=job.name[:200],
        action_flag=CHANGE,
        change_message=said,
    )
