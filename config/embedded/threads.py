"""The background threads of the one-process profile, started and stopped together."""

import threading
from collections.abc import Callable
from typing import Any, Protocol

from celery import Celery
from celery.beat import Service
from celery.signals import worker_shutdown
from celery.worker import WorkController
from celery.worker import state as worker_state
from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from config.events import relay
from config.logs import get_logger
from config.processes import standing
from config.processes.heartbeat import beat_once

logger = get_logger(__name__)

# What `memory://` forgot at the last exit is found in the database again.
FIRST_TASKS = ("wechat.tasks.sweep_callbacks",)
JOIN_SECONDS = 10.0


class _Part(Protocol):
    """A thing that runs in a thread until told to stop."""

    def run(self) -> None: ...
    def stop(self) -> None: ...


class _Worker:
    """Celery's worker without its command line: no signal handlers, no redirected output.

    One at a time is fastest on SQLite: more writers only wait for each other (performance.md).
    """

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._controller: Any = None

    def run(self) -> None:
        self._controller = WorkController(
            app=self._app,
            pool_cls="solo",
            concurrency=1,
            without_gossip=True,
            without_mingle=True,
            ready_callback=self._on_ready,
        )
        try:
            self._controller.start()
        finally:
            worker_shutdown.send(sender=self._controller)

    def stop(self) -> None:
        worker_state.should_stop = 0  # type: ignore[assignment]

    def _on_ready(self, consumer: Any) -> None:
        beat_once("worker")
        consumer.timer.call_repeatedly(5, beat_once, ("worker",))
        for task in FIRST_TASKS:
            self._app.send_task(task, queue=settings.CELERY_TASK_DEFAULT_QUEUE)


class _Beat:
    def __init__(self, app: Celery) -> None:
        # Ticking each second, it hears within a second that it should stop.
        self._service = Service(
            app,
            max_interval=1,
            scheduler_cls=settings.CELERY_BEAT_SCHEDULER,  # type: ignore[arg-type]
        )

    def run(self) -> None:
        self._service.start()

    def stop(self) -> None:
        self._service.stop(wait=False)


class _Relay:
    def __init__(self, app: Celery) -> None:
        self._app = app
        self._stop = threading.Event()

    def run(self) -> None:
        relay.run(self._app, self._stop)

    def stop(self) -> None:
        self._stop.set()


class _Standing:
    """What the long-lived processes of the other profile do besides."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def run(self) -> None:
        for thread in standing.start(self._stop):
            thread.join()

    def stop(self) -> None:
        self._stop.set()


class Background:
    """The three threads, what stands beside them, and those of the sandbox's servers.

    `stop` lets the task in hand finish and closes every connection.
    """

    def __init__(self, app: Celery) -> None:
        self._parts: dict[str, _Part] = {
            "relay": _Relay(app),
            "worker": _Worker(app),
            "beat": _Beat(app),
            "standing": _Standing(),
            **{path: import_string(path)() for path in settings.SANDBOX_SERVERS},
        }
        self._threads = [
            threading.Thread(target=_guarded(name, part.run), name=name, daemon=True)
            for name, part in self._parts.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        for part in self._parts.values():
            part.stop()
        for thread in self._threads:
            thread.join(JOIN_SECONDS)


def _guarded(name: str, run: Callable[[], None]) -> Callable[[], None]:
    def target() -> None:
        try:
            run()
        except SystemExit:
            logger.info("background_stopped", part=name)
        except Exception:
            logger.exception("background_died", part=name)
        finally:
            connections.close_all()

    return target
