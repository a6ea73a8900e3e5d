"""Who may start an entry of the timetable at one of its times: with two beats, one of them.

The beat asks `gate()` before it publishes; the kernel knows no jobs, so the gate is registered by
whoever keeps them (`monitoring.jobs`).
"""

from typing import Protocol

from celery.schedules import BaseSchedule


class Gate(Protocol):
    def take(self, name: str, schedule: BaseSchedule) -> bool:
        """Whether the present time of entry `name` is ours to start; asked once by each beat."""
        ...

    def give_back(self, name: str, schedule: BaseSchedule) -> None:
        """What was taken could not be published: whoever asks next may have it."""
        ...


class _Open:
    """Lets everything through."""

    def take(self, name: str, schedule: BaseSchedule) -> bool:
        return True

    def give_back(self, name: str, schedule: BaseSchedule) -> None:
        return None


_gate: Gate = _Open()


def register(gate: Gate) -> None:
    """Called from an app's `ready()`."""
    global _gate
    _gate = gate


def gate() -> Gate:
    return _gate
