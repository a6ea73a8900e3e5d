"""Celery's doors into the assistant."""

from tickets.tasks.assistant import learning, routing  # noqa: F401  (Celery finds them here)
