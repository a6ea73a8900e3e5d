"""Celery's doors into `tickets.assistant.learning`."""

from celery import shared_task

from tickets.assistant.learning import training


@shared_task(time_limit=600)
def train_model(model_id: int) -> None:
    """A version that waits for its weights."""
    training.model_fit(model_id)


@shared_task(time_limit=600)
def keep_learning() -> None:
    """Each minute; almost always there is nothing to do."""
    training.keep_learning()
