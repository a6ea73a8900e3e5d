"""A word through Redis that runtime settings have changed: the fast way to the other processes.

It is a hint and nothing more. It may be lost, Redis may be away, and then everybody looks by
themselves once a second.
"""

import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError

from config.logs import get_logger
from config.redis_link import RedisAway, ask

logger = get_logger(__name__)

_CONNECT_SECONDS = 2.0
_LOGGED_EVERY_SECONDS = 30.0


def channel() -> str:
    """Redis tells all its numbers what is published in any: the name keeps systems apart."""
    return f"scrm{urlsplit(settings.REDIS_URL).path}:runtime"


def tell() -> None:
    """Called after the commit; never raises."""
    with suppress(RedisAway):
        ask(lambda redis: redis.publish(channel(), "changed"))


class Ear:
    """One thread's subscription, made again whenever it was lost."""

    def __init__(self) -> None:
        self._redis: Redis | None = None
        self._subscription: PubSub | None = None
        self._stopped = threading.Event()
        self._logged_at = -_LOGGED_EVERY_SECONDS

    def wait(self, seconds: float) -> None:
        """Returns at the next hint, after `seconds`, or once stopped, whether Redis is there or not."""
        if not settings.REDIS_URL:
            self._stopped.wait(seconds)
            return
        until = time.monotonic() + seconds
        try:
            self._hear(seconds)
        except (RedisError, OSError) as error:
            self._log_away(error)
            self.close()
            self._stopped.wait(max(0.0, until - time.monotonic()))

    def stop(self) -> None:
        """From another thread: `wait` returns, at the latest when its time is over."""
        self._stopped.set()

    def close(self) -> None:
        with suppress(RedisError, OSError):
            if self._subscription is not None:
                self._subscription.close()
            if self._redis is not None:
                self._redis.close()
        self._subscription = self._redis = None

    def _hear(self, seconds: float) -> None:
        if self._subscription is None:
            self._redis = Redis.from_url(
                settings.REDIS_URL,
                socket_connect_timeout=_CONNECT_SECONDS,
                health_check_interval=30,
            )
            self._subscription = self._redis.pubsub(  # type: ignore[no-untyped-call]
                ignore_subscribe_messages=True
            )
            self._subscription.subscribe(channel())
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._subscription.get_message(timeout=left) is not None:
                break
        # A hundred changes at once are one hint.
        while self._subscription.get_message(timeout=0) is not None:
            pass

    def _log_away(self, error: Exception) -> None:
        now = time.monotonic()
        if now - self._logged_at >= _LOGGED_EVERY_SECONDS:
            self._logged_at = now
            logger.warning("runtime_hints_away", error=type(error).__name__)
