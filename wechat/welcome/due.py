"""Attempts whose time has come leave through the relay: retries, and those that were lost."""

from datetime import timedelta

from django.db import connection

from config.database import clock
from config.events.due import DueSource
from wechat.models import Welcome, WelcomeStatus
from wechat.welcome import wishes
from wechat.welcome.sending import LATE_WORDS

KEPT = timedelta(days=60)
MOST = 200


def start_due() -> list[list[int]]:
    """Arguments of the attempts to start; what is too late is closed. Call in a transaction."""
    now = clock.now()
    rows = Welcome.objects.filter(status=WelcomeStatus.PENDING, due_at__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    due = list(rows.order_by("due_at")[:MOST])
    late = [welcome.pk for welcome in due if welcome.expires_at <= now]
    again = [welcome for welcome in due if welcome.expires_at > now]
    if late:
        Welcome.objects.filter(pk__in=late).update(status=WelcomeStatus.LATE, error=LATE_WORDS)
    if again:
        Welcome.objects.filter(pk__in=[welcome.pk for welcome in again]).update(
            due_at=now + wishes.LOST
        )
    return [[welcome.pk, welcome.attempts] for welcome in again]


def _starts() -> list[tuple[str, list[int]]]:
    return [(wishes.TASK, arguments) for arguments in start_due()]


publish_due = DueSource(_starts, queue=wishes.QUEUE)


def forget_old() -> int:
    """Every night: what nobody looks at any more."""
    return Welcome.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
