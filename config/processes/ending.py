"""Whether this worker has been told to end: whoever works in waves gives back what is not begun.

Celery tells the worker's first process alone; one byte that it shares with its children tells them.
"""

import mmap
from typing import Any

from celery.signals import worker_init, worker_shutting_down

# Made before the children are: a fork shares an anonymous map.
_flag = mmap.mmap(-1, 1)


def is_ending() -> bool:
    return _flag[0] == 1


@worker_shutting_down.connect
def begin_to_end(**_kwargs: Any) -> None:
    _flag[0] = 1


@worker_init.connect
def forget(**_kwargs: Any) -> None:
    """A worker in the same process begins anew."""
    _flag[0] = 0
