"""What both sides' sockets share: frames are taken one after the other, each by who may send it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from config.errors import InvalidInputError
from config.logs import get_logger
from config.pace import Pace
from config.sockets.database import DatabaseThreads
from config.sockets.frames import frame
from config.sockets.line import Line
from config.sockets.refusals import refusal
from tickets.chat.live import said as saying
from tickets.chat.live.callers import Caller, Fallen
from tickets.chat.live.connection import Connection
from tickets.chat.live.typing import tell_typing
from tickets.chat.live.watch import Watch

logger = get_logger(__name__)

_T = TypeVar("_T")
# Pages say something every 25 seconds at the latest.
SILENT_SECONDS = 75.0
TYPING_A_SECOND = 1.0
SENDS = "message.send"
MARKS = ("message.delivered", "message.read")

# Apart from the watch: an act that waits for a chat's row holds up no news.
_acting = DatabaseThreads(6, "chat-acts")


class SpeakingLine(Line):
    """`chat_id` is the page's own chat, or None where every frame names one."""

    silent_seconds = SILENT_SECONDS
    caller: Caller
    chat_id: int | None = None
    _watch: Watch | None = None

    async def entered(self) -> None:
        self._typing = Pace(TYPING_A_SECOND, 1)
        await super().entered()

    async def framed(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        refused = "message.refused" if kind == SENDS else "error"
        try:
            await self._framed(kind, frame)
        except InvalidInputError as error:
            self.put(_refused(refused, error))
        except Fallen as fallen:
            self.let_go(fallen.code)
        except asyncio.CancelledError:
            raise
        except Exception:
            # The database may be away: the page sends again what it has no answer to.
            logger.exception("chat_frame_failed", frame=kind)
            self.put(saying.failed(frame, refused))

    async def _framed(self, kind: str, said: dict[str, Any]) -> None:
        if kind == "heartbeat":
            self.heard()
            self.put(alive(self, self._watch))
        elif kind == SENDS:
            self._answer(await self._act(saying.say, self.caller, self.chat_id, said))
        elif kind in MARKS:
            self._answer(await self._act(saying.mark, self.caller, self.chat_id, said))
        elif kind == "typing":
            await self._type(said)
        elif not await self.also(kind, said):
            raise InvalidInputError("没有这种消息", code="unknown_type", attr="type")

    async def also(self, kind: str, said: Mapping[str, Any]) -> bool:
        """A frame of this side alone; False where there is none of that kind."""
        return False

    def heard(self) -> None:
        """The page is alive."""

    async def _act(self, act: Callable[..., _T], *arguments: Any) -> _T:
        return await _acting(act, *arguments)

    async def _type(self, said: Mapping[str, Any]) -> None:
        chat_id = self.chat_id or saying.key(said, "chat_id")
        if self._typing.allows():
            found = await self._act(saying.typing_in, self.caller, chat_id)
            if found is not None:
                tell_typing(*found)

    def _answer(self, encoded: str | None) -> None:
        if encoded is not None:
            self.put(encoded)


def alive(one: Connection, watch: Watch | None) -> str:
    """Silence tells a page that its line is dead. The number keeps `since` short where little is told."""
    seq = watch.told_up_to(one) if watch is not None else None
    return frame("alive") if seq is None else frame("alive", seq=seq)


def _refused(name: str, error: InvalidInputError) -> str:
    return frame(name, **refusal(error))
