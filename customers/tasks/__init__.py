"""Celery's doors into customers, one module for each thing; thin calls of actions."""
