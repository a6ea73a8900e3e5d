"""Celery's doors into live chat, one module for each area; thin calls of actions."""

from tickets.tasks.chat import (  # noqa: F401  (Celery finds them here)
    assignment,
    entries,
    lifecycle,
    live,
    statistics,
)
