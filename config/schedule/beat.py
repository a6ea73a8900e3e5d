"""The scheduler of django-celery-beat, which also shows that it is alive, and shares with others."""

from typing import Any

from celery.beat import ScheduleEntry
from django_celery_beat.schedulers import DatabaseScheduler

from config.processes.heartbeat import beat_once
from config.runtime import following
from config.schedule.slots import gate


class PulsingScheduler(DatabaseScheduler):  # type: ignore[misc]
    max_interval = 5

    def tick(self, *args: object, **kwargs: object) -> float:
        beat_once("beat")
        following.begin("beat")
        return float(super().tick(*args, **kwargs))

    def apply_async(
        self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **kwargs: Any
    ) -> Any:
        """Starts the entry unless another beat has, or somebody paused it; None then."""
        name: str = entry.name  # type: ignore[assignment]
        schedule: Any = entry.schedule
        if not gate().take(name, schedule):
            return None
        try:
            return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        except Exception:
            gate().give_back(name, schedule)
            raise
