"""Celery's doors into `wechat.contact_ways`."""

from typing import Any

from celery import shared_task

from wechat.contact_ways import actions, arrivals, nightly


@shared_task(time_limit=60)
def hear_customer(envelope: dict[str, Any]) -> None:
    """Somebody came by a way, or a member left the company."""
    arrivals.hear(envelope)


@shared_task(time_limit=60)
def turn_day() -> None:
    """After midnight: daily limits begin anew."""
    actions.ways_turn_day()


@shared_task(time_limit=270)
def check_ways() -> None:
    """Every night: codes that the platform does not know are made anew."""
    nightly.ways_check()
