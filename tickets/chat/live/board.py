"""What changes beside the chats: the queue, who of the colleagues is there, a customer's place.

These are snapshots, told when they differ from the last and at most twice a second.
"""

import time
from typing import Any

from django.utils import timezone

from config.sockets.database import DatabaseThreads
from config.sockets.frames import frame
from customers.queries.staff import team_members
from tickets.chat.assignment import queue
from tickets.chat.live.connection import ConsolePage
from tickets.chat.live.crowd import Crowd
from tickets.chat.live.waiting import places_shown, show
from tickets.models import AgentPresence, PresenceStatus
from tickets.presence.standing import counts

SOONEST_SECONDS = 0.5
# What no entry of the feed tells of is found this late.
LATEST_SECONDS = 2.0

_in_thread = DatabaseThreads(1, "chat-board")


class Board:
    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._is_stale = True
        self._looked_at = 0.0
        self._queue: dict[str, Any] | None = None
        self._present: dict[int, str] = {}

    def changed(self) -> None:
        """A chat's state has changed, and so perhaps the queue."""
        self._is_stale = True

    def greet(self, page: ConsolePage) -> None:
        """Whoever has just come is told how things stand."""
        if self._queue is not None:
            page.put(frame("queue.updated", queue=self._queue))
        for user, status in self._present.items():
            page.put(frame("presence", user_id=user, status=status))

    async def keep(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < (SOONEST_SECONDS if self._is_stale else LATEST_SECONDS):
            return
        self._looked_at, self._is_stale = now, False
        pages = self._crowd.pages()
        if pages:
            shown, present = await _in_thread(_seen)
            self._tell_queue(shown)
            self._tell_presence(present)
        waiting = list(self._crowd.waiting)
        if waiting:
            places = await _in_thread(places_shown, {page.customer_id for page in waiting})
            for page in waiting:
                show(page, places[page.customer_id])

    def _tell_queue(self, shown: dict[str, Any]) -> None:
        if self._queue is None or _without_clock(shown) != _without_clock(self._queue):
            encoded = frame("queue.updated", queue=shown)
            self._queue = shown
            for page in self._crowd.pages():
                page.put(encoded)

    def _tell_presence(self, present: dict[int, str]) -> None:
        gone = dict.fromkeys(self._present.keys() - present.keys(), PresenceStatus.OFFLINE.value)
        new = {user: now for user, now in present.items() if self._present.get(user) != now}
        self._present = present
        for user, status in {**gone, **new}.items():
            encoded = frame("presence", user_id=user, status=status)
            for page in self._crowd.pages():
                page.put(encoded)


def _seen() -> tuple[dict[str, Any], dict[int, str]]:
    return queue.overview(), _present()


def _present() -> dict[int, str]:
    """Every colleague who is online or busy."""
    there = AgentPresence.objects.filter(counts(timezone.now()), user__in=team_members())
    return dict(there.exclude(status=PresenceStatus.OFFLINE).values_list("user_id", "status"))


def _without_clock(shown: Any) -> Any:
    """Seconds pass without anything having happened."""
    if isinstance(shown, dict):
        return {k: _without_clock(v) for k, v in shown.items() if not k.endswith("_seconds")}
    return [_without_clock(one) for one in shown] if isinstance(shown, list) else shown
