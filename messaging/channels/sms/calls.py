"""Blocking SDK calls: in threads, bounded, and what their network failures mean."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from ssl import SSLCertVerificationError
from typing import TypeVar

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from messaging.channels.base import Outcome, Result

T = TypeVar("T")

# As many as the sending pool makes calls at once by default; idle ones cost nothing.
WORKERS = 100

_threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="sms")
_places = threading.BoundedSemaphore(WORKERS)


class AllBusy(Exception):
    """Every thread has a call under way. A call in a queue could time out without having begun."""


async def in_thread(call: Callable[[], T]) -> T:
    """What `call` returns; raises `AllBusy` at once rather than wait for a thread."""
    if not _places.acquire(blocking=False):
        raise AllBusy
    job = _threads.submit(call)
    job.add_done_callback(_leave)
    return await asyncio.wrap_future(job)


def _leave(_: "Future[T]") -> None:
    _places.release()


def network_failure(error: BaseException) -> Result | None:
    """The result when no request left us; None when the network is not to blame.

    Raises `TimeoutError` when a request left and no answer came: whoever called sorts that.
    """
    causes = list(_causes(error))
    if not any(isinstance(cause, requests.RequestException) for cause in causes):
        return None
    unsent = (
        requests.ConnectTimeout,
        ConnectTimeoutError,
        NewConnectionError,
        SSLCertVerificationError,
    )
    if any(isinstance(cause, unsent) for cause in causes):
        return Result(Outcome.RETRY, "connection_failed", "连不上短信平台")
    raise TimeoutError


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it was made of: both SDKs keep the true one out of sight."""
    waiting, seen = [error], set[int]()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = [
            cause.__cause__,
            cause.__context__,
            getattr(cause, "inner_exception", None),
            getattr(cause, "reason", None),
            *cause.args,
        ]
        waiting += [item for item in inner if isinstance(item, BaseException)]
