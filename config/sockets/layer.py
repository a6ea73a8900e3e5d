"""The channel layer from any thread of any process: to whoever follows a group, wherever they are.

What is sent here is a hint that may be lost: Redis can be away, and nobody waits for it. Whoever
follows looks by themselves now and then.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from config.logs import get_logger

logger = get_logger(__name__)

Message = dict[str, Any]
Told = Callable[[Message], None]
SEND_SECONDS = 2.0
AGAIN_SECONDS = 1.0
# Beyond these, hints are dropped while Redis hangs.
MOST_ON_THEIR_WAY = 500
_LOGGED_EVERY_SECONDS = 30.0


class _Process:
    """What one process has: a loop to send on, and how much is on its way there."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loop: asyncio.AbstractEventLoop | None = None
        # In memory a layer belongs to the loop of those who follow (design.md §3).
        self.followers: asyncio.AbstractEventLoop | None = None
        self.on_their_way = 0
        self.logged_at = -_LOGGED_EVERY_SECONDS

    def sender(self) -> asyncio.AbstractEventLoop | None:
        if not settings.REDIS_URL:
            return self.followers
        with self.lock:
            if self.loop is None:
                self.loop = asyncio.new_event_loop()
                threading.Thread(target=self.loop.run_forever, name="layer", daemon=True).start()
            return self.loop


_process = _Process()


def _start_anew() -> None:
    """A forked child has neither its parent's thread nor what was on its way there."""
    global _process
    _process = _Process()


os.register_at_fork(after_in_child=_start_anew)


def send(group: str, message: Message) -> None:
    """Tells `message` (JSON) to all who follow `group`. Returns at once and never raises."""
    _begin(lambda: _send(group, message))


class Bell:
    """A message without content: those that come while one is on its way are that one."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._rings_on: asyncio.AbstractEventLoop | None = None
        self._is_wanted = False

    def ring(self) -> None:
        self._is_wanted = True
        loop = _process.sender()
        if loop is not None and self._rings_on is not loop:
            self._rings_on = loop
            if not _begin(self._ring):
                self._rings_on = None

    async def _ring(self) -> None:
        try:
            while self._is_wanted:
                self._is_wanted = False
                await _send(self._group, {})
        finally:
            self._rings_on = None
        if self._is_wanted:
            # Somebody rang between the last look and the line above.
            self.ring()


def _begin(work: Callable[[], Coroutine[Any, Any, None]]) -> bool:
    """Whether it will be done."""
    process = _process
    loop = process.sender()
    if loop is None or loop.is_closed() or process.on_their_way >= MOST_ON_THEIR_WAY:
        return False
    process.on_their_way += 1
    running = _counted(process, work)
    try:
        asyncio.run_coroutine_threadsafe(running, loop)
    except RuntimeError:
        # The loop was closed just now: the server stops.
        running.close()
        process.on_their_way -= 1
        return False
    return True


async def _counted(process: _Process, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await work()
    finally:
        process.on_their_way -= 1


async def _send(group: str, message: Message) -> None:
    layer: Any = get_channel_layer()
    try:
        told = {**message, "type": group}
        async with asyncio.timeout(SEND_SECONDS):
            await layer.group_send(group, told)
    except Exception as error:
        _log_away(error)


async def follow(told: Mapping[str, Told]) -> None:
    """Calls `told[group]` with each message of a group, until cancelled.

    While Redis is away nothing is heard; it is asked again each second.
    """
    process, loop = _process, asyncio.get_running_loop()
    if process.followers is not loop:
        process.followers, process.on_their_way = loop, 0
    try:
        while True:
            try:
                await _hear(told)
            except Exception as error:
                _log_away(error)
            _stop_if_cancelled()
            await asyncio.sleep(AGAIN_SECONDS)
    finally:
        if process.followers is loop:
            process.followers = None


async def _hear(told: Mapping[str, Told]) -> None:
    layer: Any = get_channel_layer()
    channel = await layer.new_channel()
    try:
        for group in told:
            await layer.group_add(group, channel)
        _stop_if_cancelled()
        while True:
            message = await layer.receive(channel)
            told[message["type"]](message)
    finally:
        for group in told:
            with suppress(Exception):
                await layer.group_discard(group, channel)


def _stop_if_cancelled() -> None:
    """redis-py writes within `wait_for`, which on Python 3.11 can lose a cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _log_away(error: Exception) -> None:
    now = time.monotonic()
    if now - _process.logged_at >= _LOGGED_EVERY_SECONDS:
        _process.logged_at = now
        logger.warning("channel_layer_away", error=type(error).__name__)
