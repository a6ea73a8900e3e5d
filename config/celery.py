"""The Celery application. Queues, routes and the schedule stand in config/settings.py."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.broker import trace  # noqa: F401  (hears what tasks begin and end)
from config.processes import ending  # noqa: F401  (hears when the worker is told to end)

app = Celery("scrm", task_cls="config.broker.survival:SurvivableTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _settle(**_kwargs: Any) -> None:
    from config.processes.memory import settle
    from config.runtime import following

    settle()
    following.begin("worker", list(app.amqp.queues.consume_from))
