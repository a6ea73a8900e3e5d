"""Which events are told to staff, and what is said.

A writer reads the present state and answers with its alerts: none when there is nobody to tell or
nothing left to say. Several may write about one event; who is told by the first of them is not
told again by the next, so the writer with most to say to somebody registers first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
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


Writer = Callable[[dict[str, Any]], Alert | Iterable[Alert] | None]

_writers: defaultdict[str, list[Writer]] = defaultdict(list)


def register(event_type: str, writer: Writer) -> None:
    """Called from `ready()`; `writer` gets the event's data."""
    if writer not in _writers[event_type]:
        _writers[event_type].append(writer)
    subscribe(event_type, TASK)


def alerts_for(event_type: str, data: dict[str, Any]) -> list[Alert]:
    """What is to be told of an event: one alert for each person."""
    alerts: dict[int, Alert] = {}
    for writer in _writers.get(event_type, ()):
        for alert in _listed(writer(data)):
            alerts.setdefault(alert.user.pk, alert)
    return list(alerts.values())


def _listed(written: Alert | Iterable[Alert] | None) -> Iterable[Alert]:
    if written is None:
        return ()
    return (written,) if isinstance(written, Alert) else written
