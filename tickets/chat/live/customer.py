"""`/ws/chat/{chat_id}` and `/ws/queue`: the customer's side (contract.md §7)."""

from collections.abc import Hashable

from config.sockets.consumer import NOT_ALLOWED, NOT_FOUND, in_database
from config.sockets.line import Line, number
from tickets.chat.live import callers
from tickets.chat.live import said as saying
from tickets.chat.live.callers import Caller, Fallen
from tickets.chat.live.speaking import SILENT_SECONDS, SpeakingLine, alive
from tickets.chat.live.watch import Watch, the_watch


class CustomerLine(Line):
    """A customer with a login, or a visitor; the team has the console."""

    caller: Caller
    customer_id: int

    @property
    def person(self) -> Hashable:
        return "customer", self.customer_id

    async def refusal(self) -> int | None:
        found = await in_database(callers.customer)(self.scope)
        if isinstance(found, int):
            return found
        if found.customer_id is None:
            # A login that stands for nobody yet.
            return NOT_FOUND
        self.caller, self.customer_id = found, found.customer_id
        return None


class ChatConsumer(CustomerLine, SpeakingLine):
    """One chat, through its end and reopening; what is the team's alone never comes here."""

    chat_id: int

    async def refusal(self) -> int | None:
        code = await super().refusal()
        if code is not None:
            return code
        chat_id = number(self.scope["url_route"]["kwargs"]["chat_id"])
        if not chat_id:
            return NOT_FOUND
        self.chat_id = chat_id
        try:
            chat = await in_database(saying.open_chat)(self.caller, chat_id)
        except Fallen as fallen:
            return fallen.code
        return None if chat is not None and chat.customer_id == self.customer_id else NOT_ALLOWED

    def begun(self) -> None:
        self._watch = the_watch()
        self._watch.join_customer(self)

    def ended(self) -> None:
        if self._watch is not None:
            self._watch.leave_customer(self)
            self._watch = None


class QueueConsumer(CustomerLine):
    """Where a waiting customer stands, until somebody takes their chat."""

    silent_seconds = SILENT_SECONDS
    # What was told last.
    shown = ""
    _watch: Watch | None = None

    def begun(self) -> None:
        self._watch = the_watch()
        self._watch.join_queue(self)

    def ended(self) -> None:
        if self._watch is not None:
            self._watch.leave_queue(self)
            self._watch = None

    async def framed(self, frame: dict[str, object]) -> None:
        if frame["type"] == "heartbeat":
            self.put(alive(self, self._watch))
