"""A task that kills its worker twice is set aside (guarantees.md 9).

RabbitMQ gives back what a dead worker held, and its classic queues do so for ever. A task that was
given back is remembered in Redis from its beginning to its end: one that comes again while it is
remembered has seen its second worker die. Without Redis it comes once more, nothing worse.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from celery import Task
from celery.exceptions import Ignore
from redis import Redis

from config.logs import get_logger
from config.redis_link import RedisAway, ask

logger = get_logger(__name__)

REMEMBERED_SECONDS = 24 * 3600
WHY = "执行它的工作进程两次中断，已停止重试"


class SurvivableTask(Task):  # type: ignore[type-arg]
    """The class of all our tasks."""

    abstract = True

    def before_start(self, task_id: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Raises `Ignore` for the task that is set aside: the broker may forget it."""
        if not self._came_back() or _is_first_return(task_id):
            return
        _set_aside(str(self.name), args, self._queue())
        _forget(task_id)
        raise Ignore

    def after_return(
        self,
        status: str,
        retval: Any,
        task_id: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        einfo: Any,
    ) -> None:
        if self._came_back():
            _forget(task_id)

    def _came_back(self) -> bool:
        return bool((self.request.delivery_info or {}).get("redelivered"))

    def _queue(self) -> str:
        # Our exchanges are direct, and a queue's routing key is its name.
        return str((self.request.delivery_info or {}).get("routing_key") or "")


def _is_first_return(task_id: str) -> bool:
    def remember(redis: Redis) -> bool:
        return bool(redis.set(_key(task_id), 1, nx=True, ex=REMEMBERED_SECONDS))

    try:
        return ask(remember)
    except RedisAway:
        return True


def _forget(task_id: str) -> None:
    try:
        ask(lambda redis: redis.delete(_key(task_id)))
    except RedisAway:
        return


def _set_aside(name: str, args: Sequence[Any], queue: str) -> None:
    """Among the rows that nobody publishes: operators are told of those, and see which they are."""
    # Celery's application is made before the models are.
    from config.events.models import OutboxEntry

    logger.error("task_kills_workers", task=name)
    OutboxEntry.objects.create(
        kind=OutboxEntry.Kind.TASK, name=name, payload=list(args), queue=queue, error=WHY
    )


def _key(task_id: str) -> str:
    return f"scrm:task-came-back:{task_id}"
