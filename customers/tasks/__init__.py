"""Celery's doors into customers, one module for each thing; thin calls of actions."""

from customers.tasks import risk  # noqa: F401  (Celery finds them here)
