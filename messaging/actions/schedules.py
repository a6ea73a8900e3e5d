"""Scheduled templates: a crontab of django-celery-beat each, in the template's own time zone."""

import json
from datetime import timedelta

from celery.schedules import ParseException, crontab
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from config.errors import InvalidInputError
from config.locks import transaction_lock
from config.logs import get_logger
from messaging.actions.send import Addressee, Options, batch_send
from messaging.models import MessageBatch, MessageTemplate, PushMode, TemplateStatus

logger = get_logger(__name__)

TASK = "messaging.tasks.push_scheduled_template"
FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
# Two beats fire within seconds of each other; the shortest cron period is a minute.
SAME_FIRING = timedelta(seconds=45)
# A beat that was down does not send this morning's reminder in the evening.
EXPIRES_SECONDS = 600


def cron_of(schedule: str, zone: str) -> dict[str, str]:
    """The five fields of `0 9 * * *`; raises `InvalidInputError` naming `schedule`."""
    parts = schedule.split()
    if len(parts) != len(FIELDS):
        raise InvalidInputError("须有五段：分 时 日 月 周，例如 0 9 * * *", attr="schedule")
    fields = dict(zip(FIELDS, parts, strict=True))
    try:
        crontab(**fields)
    except (ParseException, ValueError, TypeError, KeyError):
        raise InvalidInputError("不是有效的 cron 表达式", attr="schedule") from None
    return {**fields, "timezone": zone}


def schedule_set(template: MessageTemplate) -> None:
    """The beat's entry as the template says it; no entry when it is not scheduled or not active."""
    if template.push_mode != PushMode.SCHEDULED or template.status != TemplateStatus.ACTIVE:
        schedule_drop(template.pk)
        return
    cron, _ = CrontabSchedule.objects.get_or_create(**cron_of(template.schedule, template.timezone))
    PeriodicTask.objects.update_or_create(
        name=_name(template.pk),
        defaults={
            "task": TASK,
            "crontab": cron,
            "interval": None,
            "args": json.dumps([template.pk]),
            "queue": "default",
            "expire_seconds": EXPIRES_SECONDS,
            "enabled": True,
            "description": f"定时推送：{template.name}",
        },
    )


def schedule_drop(template_pk: int) -> None:
    for task in PeriodicTask.objects.filter(name=_name(template_pk)):
        task.delete()


@transaction.atomic
def template_push(*, template_pk: int) -> MessageBatch | None:
    """Sends a scheduled template to its recipients; None when it fired just now or is off.

    The lock and the look at the last batch make two beats send once (guarantees.md 11).
    """
    transaction_lock(f"template.push:{template_pk}")
    template = MessageTemplate.objects.filter(
        pk=template_pk, status=TemplateStatus.ACTIVE, push_mode=PushMode.SCHEDULED
    ).first()
    if template is None:
        return None
    recent = MessageBatch.objects.filter(
        template=template, created_by=None, created_at__gt=timezone.now() - SAME_FIRING
    )
    if recent.exists():
        logger.info("scheduled_push_already_done", template=template.code)
        return None
    return batch_send(
        template=template,
        addressees=[Addressee(text) for text in template.recipients],
        variables={},
        options=Options(),
        actor=None,
    ).batch


def _name(template_pk: int) -> str:
    return f"定时推送模板 #{template_pk}"
