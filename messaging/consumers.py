"""`/ws/batches/{batch_id}`: a batch's progress, at most four frames a second whatever its rate.

The database is asked while somebody looks, once for all who look at the same batch in this process,
so sending pays nothing for being watched by nobody.
"""

import asyncio
import json
import time
from typing import Any, ClassVar

from rest_framework.utils.encoders import JSONEncoder

from config.api.permissions import ADMINS
from config.logs import get_logger
from config.sockets.consumer import NOT_FOUND, GuardedConsumer, in_database
from messaging.models import MessageBatch
from messaging.queries import batch_progress

logger = get_logger(__name__)

FRAME_SECONDS = 0.25
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
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        """Looks on even after the end: a retry may set the batch going again."""
        while True:
            try:
                await self._look()
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
        frame = {"type": "batch.progress", "seq": self.seq, **progress}
        self.last = json.dumps(frame, cls=JSONEncoder, ensure_ascii=False)
        for consumer in list(self.seen_by):
            try:
                await consumer.tell(self.last)
            except Exception:
                # Its line is broken: the others are told all the same.
                self.seen_by.discard(consumer)


class BatchConsumer(GuardedConsumer):
    """Who comes later gets the newest frame at once: a frame tells the whole state."""

    roles = ADMINS
    watches: ClassVar[dict[int, _Watch]] = {}
    _watch: _Watch | None = None

    async def entered(self) -> None:
        batch_id = self.scope["url_route"]["kwargs"]["batch_id"]
        batch = await in_database(_batch)(batch_id)
        if batch is None:
            await self.close(NOT_FOUND)
            return
        watch = self.watches.get(batch.pk)
        if watch is None:
            watch = self.watches[batch.pk] = _Watch(batch)
        self._watch = watch
        watch.seen_by.add(self)
        if watch.last is not None:
            await self.tell(watch.last)

    async def disconnect(self, code: int) -> None:
        watch = self._watch
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
