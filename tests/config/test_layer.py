"""Following a group of the channel layer, until told to stop."""

import asyncio
from contextlib import suppress

import pytest

from config.sockets import layer


class Deaf:
    """A layer that loses the cancellation that comes while it writes, as `wait_for` can."""

    def __init__(self) -> None:
        self.is_writing = asyncio.Event()

    async def new_channel(self) -> str:
        return "ours"

    async def group_add(self, group: str, channel: str) -> None:
        self.is_writing.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    async def group_discard(self, group: str, channel: str) -> None:
        pass

    async def receive(self, channel: str) -> dict[str, str]:
        await asyncio.Event().wait()
        raise AssertionError


def test_a_cancellation_that_is_lost_below_still_ends_it(monkeypatch: pytest.MonkeyPatch):
    async def follow() -> bool:
        deaf = Deaf()
        monkeypatch.setattr(layer, "get_channel_layer", lambda: deaf)
        following = asyncio.create_task(layer.follow({"news": lambda message: None}))
        await deaf.is_writing.wait()
        following.cancel()
        await asyncio.wait([following], timeout=5)
        return following.cancelled()

    assert asyncio.run(follow())
