"""Celery's doors into `wechat.welcome`."""

from celery import shared_task

from wechat.welcome import due, sending


@shared_task(time_limit=30)
def send_welcome(welcome_id: int, attempt: int) -> None:
    """One attempt to greet a new contact."""
    sending.welcome_send(welcome_id, attempt)


@shared_task(time_limit=300)
def forget_old_welcomes() -> None:
    """Every night."""
    due.forget_old()
