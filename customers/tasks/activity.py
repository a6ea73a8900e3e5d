"""Celery's door into activity: a customer who joins a group has acted."""

from typing import Any

from celery import shared_task

from customers.actions.activity_of_groups import note_group_joins


@shared_task(time_limit=60)
def hear_group_join(envelope: dict[str, Any]) -> None:
    """`customer.group.joined` names the group and its new members."""
    note_group_joins(envelope)
