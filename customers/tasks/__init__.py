"""Celery's doors into customers, one module for each thing; thin calls of actions."""

from customers.tasks import (  # noqa: F401  (Celery finds them here)
    activity,
    handovers,
    imports,
    merging,
    plans,
    reminders,
    risk,
    segments,
    statistics,
)
