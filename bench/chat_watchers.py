"""Many consoles in one process that have one chat open: `… bench.chat_watchers <port> <clients>`.

Reads one line, JSON `{chat, tokens}`; says `ready` once all are in and have the chat open; then
reads `{"<number of the message>": <when it was committed>}` and answers with how long each took.
"""

import asyncio
import json
import resource
import sys
import time

import uvloop

from bench.watchers import OPENING, Watcher, request

_OPEN_SECONDS = 60
# The mask of a client's frame may be anything; of zeros it changes nothing.
_NO_MASK = bytes(4)


class Console(Watcher):
    """A page: greeted, it opens the chat; it takes down when each message came."""

    def __init__(self, request: bytes, chat: int) -> None:
        super().__init__(request)
        self._chat = chat
        self.twice = 0

    def told(self, payload: bytes, now: float) -> None:
        said = json.loads(payload)
        if said["type"] == "hello":
            self.say({"type": "watching", "chat_id": self._chat})
        elif said["type"] == "watching" and not self.opened.done():
            self.opened.set_result(None)
        elif said["type"] == "chat.message":
            number = said["message"]["number"]
            self.twice += number in self.seen
            self.seen.setdefault(number, now)

    def say(self, frame: dict[str, object]) -> None:
        payload = json.dumps(frame).encode()
        if self.transport is not None:
            self.transport.write(bytes([0x81, 0x80 | len(payload)]) + _NO_MASK + payload)


async def watch(port: int, clients: int) -> None:
    loop = asyncio.get_running_loop()
    gate = asyncio.Semaphore(OPENING)
    scene = json.loads(await asyncio.to_thread(sys.stdin.readline))
    consoles: list[Console] = []

    async def enter(number: int) -> None:
        token = scene["tokens"][number % len(scene["tokens"])]
        async with gate:
            console = Console(request(port, f"/ws/console?token={token}"), scene["chat"])
            consoles.append(console)
            await loop.create_connection(lambda: console, "127.0.0.1", port)
            await asyncio.wait_for(console.opened, _OPEN_SECONDS)

    await asyncio.gather(*(enter(number) for number in range(clients)))
    _tell("ready")
    heart = asyncio.create_task(_beat(consoles))
    committed = json.loads(await asyncio.to_thread(sys.stdin.readline))
    heart.cancel()
    _tell(json.dumps(_summary(consoles, committed)))


async def _beat(consoles: list[Console]) -> None:
    """As pages do, each every fifteen seconds."""
    while True:
        for console in consoles:
            console.say({"type": "heartbeat"})
            await asyncio.sleep(15 / len(consoles))


def _summary(consoles: list[Console], committed: dict[str, float]) -> dict[str, object]:
    taken = [
        1000 * (console.seen[int(number)] - at)
        for console in consoles
        for number, at in committed.items()
        if int(number) in console.seen
    ]
    return {
        "milliseconds": taken,
        "missing": len(consoles) * len(committed) - len(taken),
        "twice": sum(console.twice for console in consoles),
        "lost": sum(console.is_lost for console in consoles),
        "answered_at": time.time(),
    }


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(watch(int(sys.argv[1]), int(sys.argv[2])))
