"""Celery's doors into customers, one module for each thing; thin calls of actions."""

from customers.tasks import handovers, risk, statistics  # noqa: F401  (Celery finds them here)
