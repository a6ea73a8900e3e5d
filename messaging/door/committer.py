"""One thread that accepts for all: what came in while it wrote the last ones goes into the next commit."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import close_old_connections, connections

from config.api import rate_limits
from config.errors import AppError
from config.logs import get_logger
from messaging.actions.send import Options, SingleSend, message_addressed
from messaging.door.asked import Asked, Heads, identity_of
from messaging.door.callers import Caller, caller_of
from messaging.opt_outs import opted_out
from messaging.sending.group_commit import MOST_AT_ONCE, SINGLE_SENDS, Entry
from messaging.templates_in_use import template_active

logger = get_logger(__name__)

RATE_LIMIT = "api_send_message"


@dataclass(slots=True)
class Waiting:
    """A request, and where its answer goes: the body of a 202, or None when Django is to answer."""

    heads: Heads
    asked: Asked
    body: bytes
    answer: "asyncio.Future[dict[str, Any] | None]"


class Committer:
    """Belongs to one event loop. `accept` answers once the message is durable."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Waiting] = []
        self._has_work = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)
        self._stopped = False
        self._thread.start()

    async def accept(self, heads: Heads, asked: Asked, body: bytes) -> dict[str, Any] | None:
        answer: asyncio.Future[dict[str, Any] | None] = self._loop.create_future()
        with self._has_work:
            self._waiting.append(Waiting(heads, asked, body, answer))
            self._has_work.notify()
        return await answer

    def stop(self) -> None:
        with self._has_work:
            self._stopped = True
            self._has_work.notify()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            with self._has_work:
                while not self._waiting and not self._stopped:
                    self._has_work.wait()
                if self._stopped and not self._waiting:
                    break
                group = self._waiting[:MOST_AT_ONCE]
                del self._waiting[:MOST_AT_ONCE]
            answers = self._accept(group)
            self._loop.call_soon_threadsafe(_tell, group, answers)
        connections.close_all()

    def _accept(self, group: Sequence[Waiting]) -> list[dict[str, Any] | None]:
        """Never raises: what cannot be accepted here is Django's to answer."""
        try:
            close_old_connections()
            entries = self._entries(group)
            SINGLE_SENDS.commit([entry for entry in entries if entry is not None])
        except Exception:
            logger.exception("door_failed", requests=len(group))
            return [None] * len(group)
        return [entry.answer if entry is not None else None for entry in entries]

    def _entries(self, group: Sequence[Waiting]) -> list[Entry | None]:
        callers = [caller_of(item.heads.authorization) for item in group]
        entries = _without_opted_out(
            [
                _entry(item, caller) if caller is not None else None
                for item, caller in zip(group, callers, strict=True)
            ]
        )
        # Last: what goes on to Django is counted there.
        granted = _granted(
            [
                caller if entry is not None else None
                for caller, entry in zip(callers, entries, strict=True)
            ]
        )
        return [entry if place in granted else None for place, entry in enumerate(entries)]


def _without_opted_out(entries: Sequence[Entry | None]) -> list[Entry | None]:
    addresses: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry is not None:
            addresses[entry.new.channel].append(entry.new.recipient)
    gone = {channel: opted_out(channel, found) for channel, found in addresses.items()}
    return [
        None if entry is not None and entry.new.recipient in gone[entry.new.channel] else entry
        for entry in entries
    ]


def _granted(callers: Sequence[Caller | None]) -> set[int]:
    """Which requests are within their caller's limit: one question to Redis for each caller."""
    by_principal: dict[str, list[int]] = defaultdict(list)
    for place, caller in enumerate(callers):
        if caller is not None:
            by_principal[caller.principal].append(place)
    granted: set[int] = set()
    for principal, places in by_principal.items():
        granted.update(places[: rate_limits.take(RATE_LIMIT, principal, len(places))])
    return granted


def _entry(item: Waiting, caller: Caller) -> Entry | None:
    asked = item.asked
    try:
        template = template_active(template_id=asked.template_id, code=asked.template_code)
        if template.dedupe_seconds:
            return None
        new = message_addressed(
            SingleSend(
                template=template,
                variables=asked.variables,
                options=Options(priority=asked.priority),
                recipient=asked.recipient,
            )
        )
    except AppError:
        return None
    identity = identity_of(caller.principal, item.heads.idempotency_key, item.body)
    return Entry(new, caller.user, identity)


def _tell(group: Sequence[Waiting], answers: Sequence[dict[str, Any] | None]) -> None:
    for item, answer in zip(group, answers, strict=True):
        if not item.answer.done():
            item.answer.set_result(answer)
