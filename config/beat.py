"""The scheduler of django-celery-beat, which also shows that it is alive."""

from django_celery_beat.schedulers import DatabaseScheduler

from config.heartbeat import beat_once


class PulsingScheduler(DatabaseScheduler):  # type: ignore[misc]
    max_interval = 5

    def tick(self, *args: object, **kwargs: object) -> float:
        beat_once("beat")
        return float(super().tick(*args, **kwargs))
