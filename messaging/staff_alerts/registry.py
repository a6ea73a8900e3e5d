"""Which events are told to staff, and what is said: one writer for each event type.

A writer reads the present state and answers with the alert, or None when there is nobody to tell or
nothing left to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.events.subscribers import subscribe
from customers.models import User

TASK = "messaging.tasks.alert_staff"


@dataclass(frozen=True)
class Alert:
    """`text` is WeCom markdown whose variable words went through `messaging.markup`.

    Alerts with one `key` are one message, however many events ask for it.
    """

    user: User
    text: str
    key: str


Writer = Callable[[dict[str, Any]], Alert | None]

_writers: dict[str, Writer] = {}


def register(event_type: str, writer: Writer) -> None:
    """Called from `ready()`; `writer` gets the event's data."""
    _writers[event_type] = writer
    subscribe(event_type, TASK)


def writer_of(event_type: str) -> Writer | None:
    return _writers.get(event_type)
