"""Who has which chat open, told to the colleagues who have it open too.

Each process says on the channel layer who looks in it, and says so again before the others forget.
Nothing is kept: a hint that is lost is said anew, and a process that died fades.
"""

import time
import uuid
from typing import Any, TypedDict

from config.sockets import layer
from config.sockets.frames import frame
from tickets.chat.live.connection import ConsolePage
from tickets.chat.live.crowd import Crowd

VIEWERS = "chat.looks"
SAID_AGAIN_SECONDS = 10.0
FADES_AFTER_SECONDS = 25.0

Names = dict[int, str]


class Viewer(TypedDict):
    id: int
    name: str


class Viewers:
    """Of the chats that pages of this process have open."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._process = uuid.uuid4().hex
        self._said: dict[int, Names] = {}
        self._said_at = 0.0
        # Of each other process: when it was heard, and who looks at what there.
        self._elsewhere: dict[str, tuple[float, dict[int, Names]]] = {}
        self._told: dict[ConsolePage, tuple[int, Names]] = {}

    def opened(self, page: ConsolePage) -> None:
        """It shows another chat, or the same anew, and nobody yet."""
        self._told.pop(page, None)

    def over(self) -> None:
        """Nobody is here any longer."""
        if self._said:
            self._say({})

    def heard(self, message: dict[str, Any]) -> None:
        process = message["process"]
        if process != self._process:
            looks = {chat: dict(names) for chat, names in message["looks"]}
            self._elsewhere[process] = (time.monotonic(), looks)

    async def keep(self) -> None:
        """Called a few times a second."""
        now = time.monotonic()
        here = self._crowd.looks()
        if here != self._said or (here and now - self._said_at > SAID_AGAIN_SECONDS):
            self._say(here)
            self._said, self._said_at = here, now
        self._elsewhere = {
            process: (at, looks)
            for process, (at, looks) in self._elsewhere.items()
            if now - at < FADES_AFTER_SECONDS
        }
        self._tell(here)

    def _say(self, looks: dict[int, Names]) -> None:
        """JSON has no numbers for keys."""
        pairs = [[chat, list(names.items())] for chat, names in looks.items()]
        layer.send(VIEWERS, {"process": self._process, "looks": pairs})

    def _tell(self, here: dict[int, Names]) -> None:
        told: dict[ConsolePage, tuple[int, Names]] = {}
        for chat, names in here.items():
            everybody = dict(names)
            for _, looks in self._elsewhere.values():
                everybody.update(looks.get(chat, {}))
            for page in self._crowd.pages_with(chat):
                others = {user: name for user, name in everybody.items() if user != page.user_id}
                told[page] = (chat, others)
                before = self._told.get(page, (chat, {}))
                # Whoever opens a chat shows nobody until told.
                if others != (before[1] if before[0] == chat else {}):
                    page.put(frame("chat.viewers", chat_id=chat, viewers=_shown(others)))
        self._told = told


def _shown(names: Names) -> list[Viewer]:
    return [Viewer(id=user, name=name) for user, name in sorted(names.items())]
