"""Celery's doors into the WeChat entries."""

from celery import shared_task

from tickets.intake.actions import intakes_forget_expired
from wechat.callbacks import sweep, work
from wechat.commands import conversation, records
from wechat.sync import tasks as sync_tasks  # noqa: F401  (Celery finds them here)
from wechat.tasks import contact_ways, js_sdk, kf, official, welcome  # noqa: F401


@shared_task(time_limit=60)
def work_callback(*callback_ids: int) -> None:
    """Stored callbacks, by primary key."""
    for callback_id in callback_ids:
        work.work(callback_id)


@shared_task(time_limit=60)
def sweep_callbacks() -> None:
    """Every 30 s: callbacks that were stored and never worked."""
    sweep.sweep()


@shared_task(time_limit=300)
def forget_conversations() -> None:
    """Every night: old command records, and questions that nobody answered."""
    records.forget_old()
    conversation.forget_expired()
    intakes_forget_expired()
