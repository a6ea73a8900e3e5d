"""Celery's doors into tickets, one module for each thing; thin calls of actions."""

from tickets.tasks import (  # noqa: F401  (Celery finds them here)
    activity,
    assistant,
    chat,
    daily,
    dispatch,
    group,
    live,
    notices,
    relations,
    reminders,
    sla,
)
