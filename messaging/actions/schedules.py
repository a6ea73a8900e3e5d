"""Scheduled templates: a crontab of django-celery-beat each, in the template's own time zone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab
from django.db import transaction
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from config.api.idempotency import Identity, claim_all
from config.database import clock
from config.errors import InvalidInputError
from config.logs import get_logger
from messaging.actions.send import Addressee, Options, batch_send
from messaging.models import MessageBatch, MessageTemplate, PushMode, TemplateStatus

logger = get_logger(__name__)

TASK = "messaging.tasks.push_scheduled_template"
FIELDS = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week")
# A task that waited in its queue so long is dropped.
EXPIRES_SECONDS = 600
# The beat's clock may run ahead of ours by so much.
SKEW = timedelta(seconds=5)


def cron_of(schedule: str, zone: str) -> dict[str, str]:
    """The five fields of `0 9 * * *`; raises `InvalidInputError` naming `schedule`."""
    parts = schedule.split()
    if len(parts) != len(FIELDS):
        raise InvalidInputError("须有五段：分 时 日 月 周，例如 0 9 * * *", attr="schedule")
    fields = dict(zip(FIELDS, parts, strict=True))
    try:
        cron = crontab(**fields)
    except (ParseException, ValueError, TypeError, KeyError):
        raise InvalidInputError("不是有效的 cron 表达式", attr="schedule") from None
    try:
        cron.remaining_estimate(clock.now())
    except RuntimeError:
        # The 31st of February: the beat, asked when that is, would stop for everybody.
        raise InvalidInputError("这个时间永远不会到来", attr="schedule") from None
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
    """Sends a scheduled template to its recipients; None when that was done, or it is off.

    However many beats fire, and however late a worker comes to it, each minute that the schedule
    names is pushed once (guarantees.md 11).
    """
    template = MessageTemplate.objects.filter(
        pk=template_pk, status=TemplateStatus.ACTIVE, push_mode=PushMode.SCHEDULED
    ).first()
    if template is None:
        return None
    firing = Identity("schedule", f"template:{template_pk}:{_minute_of(template):%Y%m%d%H%M}", "")
    if not claim_all([(firing, 200, "")]):
        logger.info("scheduled_push_already_done", template=template.code)
        return None
    return batch_send(
        template=template,
        addressees=[Addressee(text) for text in template.recipients],
        variables={},
        options=Options(),
        actor=None,
    ).batch


def _minute_of(template: MessageTemplate) -> datetime:
    """The last minute that the schedule names; the present one where it names none just now."""
    cron: Any = crontab(**dict(zip(FIELDS, template.schedule.split(), strict=True)))
    zone = ZoneInfo(template.timezone)
    now = (clock.now() + SKEW).astimezone(UTC).replace(second=0, microsecond=0)
    for back in range(EXPIRES_SECONDS // 60 + 1):
        minute = now - timedelta(minutes=back)
        local = minute.astimezone(zone)
        if (
            local.minute in cron.minute
            and local.hour in cron.hour
            and local.day in cron.day_of_month
            and local.month in cron.month_of_year
            and local.isoweekday() % 7 in cron.day_of_week
        ):
            return minute
    return now


def _name(template_pk: int) -> str:
    return f"定时推送模板 #{template_pk}"
