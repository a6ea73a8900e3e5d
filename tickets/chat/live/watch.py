"""One look at the feed for all who are connected to this process: when woken, else twice a second.

All news go through here, one after the other, so that replays and what happens meanwhile neither
overlap nor leave a gap. While nobody is connected nothing is asked.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from config.logs import get_logger
from config.sockets import layer
from config.sockets.consumer import NOT_ALLOWED
from config.sockets.database import DatabaseThreads
from config.sockets.frames import frame
from config.sockets.line import TRY_AGAIN_LATER
from config.sockets.one_watch import OneWatch
from config.sockets.steps import safely
from tickets.chat.live import news
from tickets.chat.live.board import Board
from tickets.chat.live.callers import no_longer
from tickets.chat.live.connection import Connection, ConsolePage, CustomerPage, WaitingPage
from tickets.chat.live.crowd import Crowd
from tickets.chat.live.news import News, Told
from tickets.chat.live.signal import WOKEN
from tickets.chat.live.typing import TYPING, typing_told
from tickets.chat.live.viewers import VIEWERS, Viewers
from tickets.chat.live.waiting import greeting, show

logger = get_logger(__name__)

LOOK_SECONDS = 0.5
BOARD_SECONDS = 0.25
STANDING_SECONDS = 60.0
# After a restart everybody comes back at once; news go on in between.
ADMITTED_AT_ONCE = 40

_looking = DatabaseThreads(1, "chat-watch")
_admitting = DatabaseThreads(3, "chat-admit")
_checking = DatabaseThreads(1, "chat-standing")

Admission = Callable[[], Awaitable[None]]


class Watch:
    """`seq` is the number up to which everybody who is connected has been told."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.crowd = Crowd()
        self.board = Board(self.crowd)
        self.viewers = Viewers(self.crowd)
        self.seq: int | None = None
        self.is_over = False
        self._joining: dict[Connection, Admission] = {}
        self._wake = asyncio.Event()
        self._checked_at = time.monotonic()
        told = {
            WOKEN: lambda _: self._wake.set(),
            TYPING: self._typing,
            VIEWERS: self.viewers.heard,
        }
        self._tasks = [
            asyncio.create_task(self._follow()),
            asyncio.create_task(self._keep_board()),
            asyncio.create_task(layer.follow(told)),
        ]

    def join_console(self, page: ConsolePage) -> None:
        self._join(page, lambda: self._admit_console(page))

    def join_customer(self, page: CustomerPage) -> None:
        self._join(page, lambda: self._admit_customer(page))

    def join_queue(self, page: WaitingPage) -> None:
        self._join(page, lambda: self._admit_waiting(page))

    def leave_console(self, page: ConsolePage) -> None:
        self._leave(page)
        self.crowd.remove_page(page)

    def leave_customer(self, page: CustomerPage) -> None:
        self._leave(page)
        self.crowd.remove_customer(page)

    def leave_queue(self, page: WaitingPage) -> None:
        self._leave(page)
        self.crowd.waiting.discard(page)

    @property
    def is_idle(self) -> bool:
        return self.crowd.is_empty and not self._joining

    def told_up_to(self, one: Connection) -> int | None:
        """Every number up to this one has been put on that line, as far as it concerns it."""
        return None if one in self._joining else self.seq

    def _join(self, one: Connection, admission: Admission) -> None:
        self._joining[one] = admission
        self._wake.set()

    def _leave(self, one: Connection) -> None:
        self._joining.pop(one, None)
        # After the caller has taken it out of the crowd.
        self._wake.set()

    # --- News -------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while not self.is_idle:
            self._wake.clear()
            # Whoever has seen a number that others gave must find us there too: look first.
            ready = list(self._joining)[:ADMITTED_AT_ONCE]
            await safely(self._look)
            await self._admit(ready)
            await safely(self._check_standing)
            if self.is_idle:
                break
            if self.seq is not None and self._joining.keys() - set(ready):
                continue
            try:
                # Not `wait_for`: on Python 3.11 it can lose a cancellation, and a server's exit with it.
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                continue
        self.is_over = True
        self.viewers.over()
        for task in self._tasks[1:]:
            task.cancel()

    async def _look(self) -> None:
        if self.seq is None:
            self.seq = await _looking(news.begin)
            return
        while True:
            opened = self.crowd.opened()
            found = await _looking(news.news_after, self.seq, opened, self.crowd.customers())
            self._tell(found, opened)
            self.seq = found.seq
            if not found.is_full:
                return

    def _tell(self, found: News, opened: dict[int, set[int]]) -> None:
        for told in found.told:
            self._tell_team(told, opened)
            for page in list(self.crowd.customers_with(told.chat_id)):
                if page.customer_id != told.customer_id:
                    page.let_go(NOT_ALLOWED)
                elif told.customer is not None:
                    page.put(told.customer)
            if told.is_state:
                self.board.changed()
                self._tell_waiting(told)

    def _tell_team(self, told: Told, opened: dict[int, set[int]]) -> None:
        watching = set(self.crowd.pages_with(told.chat_id))
        pages = {page for page in watching if page.user_id in told.watchers}
        for user in told.users:
            pages |= self.crowd.pages_of(user)
        if told.team is not None:
            for page in pages:
                page.put(told.team)
        for user in told.losers:
            for page in list(self.crowd.pages_of(user)):
                page.put(told.gone)
                if page.watching == told.chat_id:
                    # It may open the chat again where its user still sees it.
                    self.crowd.open(page, None)
        for page in watching - pages:
            if told.chat_id in opened.get(page.user_id, ()):
                # They had it open and may see it no longer.
                self.crowd.open(page, None)
                if page.user_id not in told.losers:
                    page.put(frame("chat.gone", seq=self.seq, chat_id=told.chat_id))

    def _tell_waiting(self, told: Told) -> None:
        if told.assigned is not None:
            for page in list(self.crowd.waiting):
                if page.customer_id == told.customer_id:
                    page.put(told.assigned)

    def _typing(self, message: dict[str, Any]) -> None:
        typing_told(message, self.crowd)

    # --- Coming in --------------------------------------------------------------------------------

    async def _admit(self, ready: list[Connection]) -> None:
        """Whoever has just come is told where we stand, then what they missed until there."""
        if self.seq is not None and ready:
            await asyncio.gather(*(self._let_in(one) for one in ready))

    async def _let_in(self, one: Connection) -> None:
        admission = self._joining.get(one)
        if admission is None:
            return
        try:
            await admission()
        except Exception:
            # The database is away: they come back in a moment.
            logger.exception("chat_admission_failed")
            one.let_go(TRY_AGAIN_LATER)

    async def _admit_console(self, page: ConsolePage) -> None:
        missed: list[str] | None = []
        if page.since is not None:
            missed = await _admitting(
                news.missed_by_colleague, page.user_id, since=page.since, until=self._stand
            )
        if self._greet(page, missed):
            self.crowd.add_page(page)
            self.board.greet(page)

    async def _admit_customer(self, page: CustomerPage) -> None:
        missed: list[str] | None = []
        if page.since is not None:
            missed = await _admitting(
                news.missed_by_customer,
                page.customer_id,
                page.chat_id,
                since=page.since,
                until=self._stand,
            )
        if self._greet(page, missed):
            self.crowd.add_customer(page)

    async def _admit_waiting(self, page: WaitingPage) -> None:
        place, *others = await _admitting(greeting, page.customer_id, self._stand)
        if self._greet(page, []):
            self.crowd.waiting.add(page)
            show(page, place)
            for encoded in others:
                page.put(encoded)

    @property
    def _stand(self) -> int:
        assert self.seq is not None
        return self.seq

    def _greet(self, one: Connection, missed: list[str] | None) -> bool:
        """False for who has left meanwhile."""
        if self._joining.pop(one, None) is None:
            return False
        one.put(frame("hello", seq=self.seq))
        for encoded in [news.RELOAD] if missed is None else missed:
            one.put(encoded)
        return True

    # --- Beside -----------------------------------------------------------------------------------

    async def _keep_board(self) -> None:
        while not self.is_over:
            await safely(self.board.keep)
            await safely(self.viewers.keep)
            await asyncio.sleep(BOARD_SECONDS)

    async def _check_standing(self) -> None:
        """Who logged out, was switched off, lost the role, or was erased is let go."""
        now = time.monotonic()
        if now - self._checked_at < STANDING_SECONDS:
            return
        self._checked_at = now
        there = list(self.crowd.everybody())
        codes = await _checking(no_longer, {one.caller for one in there})
        for one in there:
            if one.caller in codes:
                one.let_go(codes[one.caller])


the_watch = OneWatch(Watch)
