"""`GET /api/messages/statistics/realtime` (contract.md §2), and what each worker tells of itself."""

import json
import os
import socket
import time
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Now
from redis import Redis
from redis.client import Pipeline

from config.redis_link import RedisAway, ask
from config.runtime import store
from messaging.models import Message, MessageChunk, MessageStatus, Queue
from messaging.sending.pool import pool
from messaging.statistics import counters

# A worker that told nothing for so long is not shown.
SILENT_SECONDS = 30
QPS_SECONDS = 10
_WORKERS = "scrm:workers"


def tell(pipe: Pipeline) -> None:
    """Adds the command that tells how this process is doing."""
    pipe.hset(_WORKERS, _name(), json.dumps(_self()))


def realtime() -> dict[str, Any]:
    """Queues are counted in messages, to the chunk in work; `dead` are those that failed for good."""
    rule = store.get("message_sender")
    workers = _workers()
    size = sum(worker["size"] for worker in workers) or rule["core_pool_size"]
    active = sum(worker["active"] for worker in workers)
    recent, minute = counters.last_moments(QPS_SECONDS), counters.last_moments(60)
    ended = minute.sent + minute.failed
    return {
        "qps": round((recent.sent + recent.failed) / QPS_SECONDS, 1),
        "in_flight": active,
        "queues": _queues(),
        "pool": {
            "core": rule["core_pool_size"],
            "max": rule["max_pool_size"],
            "size": size,
            "active": active,
            "utilization": round(active / size, 3),
        },
        "last_minute": {
            "sent": minute.sent,
            "failed": minute.failed,
            "avg_response_ms": round(minute.duration_sum_ms / ended, 1) if ended else 0.0,
        },
        "workers": workers,
    }


def waiting_by_queue() -> dict[str, int]:
    """Messages that are due, by queue, to the chunk in work."""
    waiting = MessageChunk.objects.filter(due_at__lte=Now()).order_by()
    by_queue = dict(waiting.values_list("queue").annotate(Sum("size")))
    return {queue: by_queue.get(queue, 0) for queue in Queue.values}


def _queues() -> dict[str, int]:
    later = MessageChunk.objects.filter(due_at__gt=Now()).aggregate(count=Sum("size"))
    return {
        **waiting_by_queue(),
        "scheduled": later["count"] or 0,
        "dead": Message.objects.filter(status=MessageStatus.FAILED).exclude(error_code="").count(),
    }


def _workers() -> list[dict[str, Any]]:
    if not settings.REDIS_URL:
        return [_self()]

    def read(redis: Redis) -> list[bytes]:
        found: list[bytes] = redis.hvals(_WORKERS)  # type: ignore[assignment]
        return found

    try:
        told = [json.loads(raw) for raw in ask(read)]
    except RedisAway:
        return []
    now = time.time()
    return sorted(
        (worker for worker in told if now - worker["at"] < SILENT_SECONDS),
        key=lambda worker: str(worker["name"]),
    )


def _self() -> dict[str, Any]:
    rule = store.get("message_sender")
    return {
        "name": _name(),
        "size": pool.size or rule["core_pool_size"],
        "max": pool.most or rule["max_pool_size"],
        "active": pool.busy,
        "at": time.time(),
    }


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
