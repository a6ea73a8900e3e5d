"""`/ws/batches/{batch_id}`: a batch's progress, at most four frames a second whatever its rate.

The database is asked while somebody looks, once for all who look at the same batch in this process,
so sending pays nothing for being watched by nobody.
"""

import asyncio
import time
from typing import Any, ClassVar

from config.api.permissions import ADMINS
from config.logs import get_logger
from config.sockets.consumer import NOT_FOUND, in_database
from config.sockets.frames import frame
from config.sockets.line import Line
from config.sockets.standing import Login, fallen, login_of
from messaging.models import MessageBatch
from messaging.queries import batch_progress

logger = get_logger(__name__)

FRAME_SECONDS = 0.25
STANDING_SECONDS = 60.0
ENDED = frozenset({"finished", "cancelled"})


class _Watch:
    """One batch that is being looked at.

    `seq` grows with every frame. It starts from the clock, so that it also grows for who comes back
    after everybody had left, or to another process.
    """

    def __init__(self, batch: MessageBatch) -> None:
        self.batch = batch
        self.seen_by: set[BatchConsumer] = set()
        self.seq = 0
        self.last: str | None = None
        self._shown: dict[str, Any] | None = None
        self._checked_at = time.monotonic()
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        """Looks on even after the end: a retry may set the batch going again."""
        while True:
            try:
                await self._look()
                await self._check_standing()
            except Exception:
                # The database may be away for a moment; whoever looks waits for it.
                logger.exception("batch_watch_failed", batch_id=self.batch.batch_id)
            ended = self._shown is not None and self._shown["status"] in ENDED
            await asyncio.sleep(FRAME_SECONDS * (8 if ended else 1))

    async def _look(self) -> None:
        progress = await in_database(_progress)(self.batch.pk)
        shown = {name: value for name, value in progress.items() if name != "rate_per_second"}
        if shown == self._shown:
            return
        self._shown = shown
        self.seq = max(self.seq + 1, int(time.time() * 1000))
        self.last = frame("batch.progress", seq=self.seq, **progress)
        for consumer in list(self.seen_by):
            # Who does not read misses the figures between, and stops nobody else.
            if not consumer.is_behind:
                consumer.put(self.last)

    async def _check_standing(self) -> None:
        """Who logged out, was switched off, or lost the role is let go."""
        now = time.monotonic()
        if now - self._checked_at < STANDING_SECONDS:
            return
        self._checked_at = now
        there = list(self.seen_by)
        codes = await in_database(fallen)({consumer.login for consumer in there})
        for consumer in there:
            if consumer.login in codes:
                consumer.let_go(codes[consumer.login])


class BatchConsumer(Line):
    """Who comes later gets the newest frame at once: a frame tells the whole state."""

    roles = ADMINS
    watches: ClassVar[dict[int, _Watch]] = {}
    batch: MessageBatch
    login: Login
    _watch: _Watch | None = None

    async def refusal(self) -> int | None:
        code = await super().refusal()
        if code is not None:
            return code
        batch = await in_database(_batch)(self.scope["url_route"]["kwargs"]["batch_id"])
        if batch is None:
            return NOT_FOUND
        self.batch, self.login = batch, login_of(self.scope, self.roles)
        return None

    def begun(self) -> None:
        watch = self.watches.get(self.batch.pk)
        if watch is None:
            watch = self.watches[self.batch.pk] = _Watch(self.batch)
        self._watch = watch
        watch.seen_by.add(self)
        if watch.last is not None:
            self.put(watch.last)

    def ended(self) -> None:
        watch, self._watch = self._watch, None
        if watch is None:
            return
        watch.seen_by.discard(self)
        if not watch.seen_by:
            watch.stop()
            self.watches.pop(watch.batch.pk, None)


def _batch(batch_id: str) -> MessageBatch | None:
    if "\x00" in batch_id:
        return None
    return MessageBatch.objects.filter(batch_id=batch_id).first()


def _progress(pk: int) -> dict[str, Any]:
    return batch_progress(MessageBatch.objects.get(pk=pk))
