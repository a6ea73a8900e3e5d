"""The Celery application. Queues, routes and the schedule stand in config/settings.py."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_prerun, worker_process_init
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.broker import trace  # noqa: F401  (hears what tasks begin and end)
from config.processes import ending  # noqa: F401  (hears when the worker is told to end)

app = Celery("scrm", task_cls="config.broker.survival:SurvivableTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_djangos_logging(**_kwargs: Any) -> None:
    """Heard so that Celery sets nothing up: it would raise the root's level, and our lines were lost."""


@task_prerun.connect
def _let_dead_connections_go(task: Any, **_kwargs: Any) -> None:
    """CELERY_DB_REUSE_MAX keeps a connection for many tasks: after the database's restart, a dead one.

    A task that is called on the spot shares its caller's connection and transaction.
    """
    if not task.request.is_eager:
        close_old_connections()


@worker_process_init.connect
def _settle(**_kwargs: Any) -> None:
    from config.processes.memory import settle
    from config.runtime import following

    settle()
    following.begin("worker", list(app.amqp.queues.consume_from))
