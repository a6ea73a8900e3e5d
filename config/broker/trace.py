"""The number of a request goes along with the tasks that it starts, and with theirs.

Through the outbox by its row, to the broker by a header, in a worker by its log lines: one search
for a request id finds everything that it set off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from celery import Task
from celery.signals import before_task_publish, task_postrun, task_prerun

HEADER = "request_id"
_NAMES = (HEADER, "task_id", "task")


def current_request_id() -> str:
    """Of the request, or of what the running task was started by; empty where there is none."""
    return str(structlog.contextvars.get_contextvars().get(HEADER, ""))


@contextmanager
def as_request(request_id: str) -> Iterator[None]:
    """Whatever is started or logged inside belongs to that request."""
    if not request_id:
        yield
        return
    with structlog.contextvars.bound_contextvars(**{HEADER: request_id}):
        yield


@before_task_publish.connect
def _hand_on(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    if headers is not None and (request_id := current_request_id()):
        headers.setdefault(HEADER, request_id)


@task_prerun.connect
def _begin(task_id: str, task: "Task[Any, Any]", **_kwargs: Any) -> None:
    # A worker has the headers among the request's fields, a call without one in `headers`.
    given = getattr(task.request, HEADER, None) or (task.request.headers or {}).get(HEADER)
    known = {HEADER: str(given)} if given else {}
    structlog.contextvars.bind_contextvars(task_id=task_id, task=task.name, **known)


@task_postrun.connect
def _end(**_kwargs: Any) -> None:
    structlog.contextvars.unbind_contextvars(*_NAMES)
