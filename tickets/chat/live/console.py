"""`/ws/console`: a colleague's chats, the queue, who is there, and their tickets (contract.md §7)."""

from collections.abc import Mapping
from typing import Any

from config.api.permissions import STAFF
from config.errors import NotFoundError
from config.sockets.frames import frame
from config.sockets.line import number
from config.sockets.refusals import refusal
from tickets.chat.live import callers
from tickets.chat.live import said as saying
from tickets.chat.live.speaking import SpeakingLine
from tickets.chat.live.tickets import TicketLine
from tickets.chat.live.watch import the_watch


class ConsoleConsumer(SpeakingLine):
    """`watching` is the chat that the page has open: it hears of that one whoever's it is."""

    roles = STAFF
    user_id: int
    user_name: str
    watching: int | None = None
    _tickets: TicketLine | None = None

    def begun(self) -> None:
        self.user_id = self.scope["user"].pk
        self.user_name = self.scope["user"].display_name
        self.caller = callers.colleague(self.scope)
        self._watch = the_watch()
        self._watch.join_console(self)
        since = number(self.asked("ticket_since"))
        self._tickets = TicketLine(self.user_id, since, self.put, self.let_go)

    def ended(self) -> None:
        if self._watch is not None:
            self._watch.leave_console(self)
            self._watch = None
        if self._tickets is not None:
            self._tickets.leave()
            self._tickets = None

    def heard(self) -> None:
        if self._tickets is not None:
            self._tickets.heard()

    async def also(self, kind: str, said: Mapping[str, Any]) -> bool:
        if kind != "watching":
            return False
        chat_id = None if said.get("chat_id") is None else saying.key(said, "chat_id")
        if chat_id is not None:
            chat = await self._act(saying.open_chat, self.caller, chat_id)
            if chat is None:
                self.put(frame("error", **refusal(NotFoundError(f"找不到会话 {chat_id}"))))
                chat_id = None
        if self._watch is not None:
            # From here on nothing is missed: what the page loads after this answer completes it.
            self._watch.crowd.open(self, chat_id)
            self._watch.viewers.opened(self)
            self.put(frame("watching", chat_id=chat_id, seq=self._watch.told_up_to(self)))
        return True
