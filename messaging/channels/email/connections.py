"""Kept SMTP connections: several messages each, a bounded number for an account on one loop.

Between chunks the loop stands still, so a connection may have been closed without our noticing: a
kept one that fails before any text went out is replaced by a new one at once.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException, SMTPResponseException

from messaging.channels.closing import close_with_loop
from messaging.channels.email import smtp
from messaging.channels.email.errors import CLOSING
from messaging.channels.email.smtp import Envelope
from messaging.models import ChannelAccount

CONNECTIONS_PER_ACCOUNT = 8
IDLE_SECONDS = 10.0
# Together well below the pool's time for a call: what is left is for the server's last answer.
PLACE_SECONDS = 3.0
BEGIN_SECONDS = 7.0

_own = threading.local()


class NoPlace(Exception):
    """All connections stayed busy; nothing was tried."""


class Connections:
    """One account's, on this thread's loop."""

    def __init__(self, account: ChannelAccount) -> None:
        self._account = account
        self.made_for = account.updated_at
        self._places = asyncio.Semaphore(CONNECTIONS_PER_ACCOUNT)
        self._idle: list[tuple[SMTP, float]] = []

    async def deliver(self, envelope: Envelope) -> None:
        """Raises `NoPlace`, aiosmtplib's and the network's errors, and what `smtp.finish` does."""
        try:
            async with asyncio.timeout(PLACE_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise NoPlace from None
        try:
            async with asyncio.timeout(BEGIN_SECONDS):
                client = await self._begun(envelope)
            await self._use(client, smtp.finish(client, envelope.content))
            self._idle.append((client, time.monotonic()))
        finally:
            self._places.release()

    async def _begun(self, envelope: Envelope) -> SMTP:
        """A connection that waits for the text."""
        kept = self._kept()
        if kept is not None:
            try:
                await self._use(kept, smtp.begin(kept, envelope))
                return kept
            except SMTPResponseException as refusal:
                if refusal.code != CLOSING:
                    raise
            except (SMTPException, OSError, TimeoutError):
                # The server has closed it meanwhile, and the others with it.
                self.close()
        client = await smtp.connect(self._account)
        await self._use(client, smtp.begin(client, envelope))
        return client

    async def _use(self, client: SMTP, step: Awaitable[None]) -> None:
        """Closes the connection when the step fails, unless it was a mere refusal."""
        try:
            await step
        except SMTPResponseException as refusal:
            if refusal.code == CLOSING or not await _is_reset(client):
                client.close()
            else:
                self._idle.append((client, time.monotonic()))
            raise
        except BaseException:
            client.close()
            raise

    def _kept(self) -> SMTP | None:
        """The one used last, if that was a moment ago; older ones are dropped."""
        oldest = time.monotonic() - IDLE_SECONDS
        for client, used_at in self._idle:
            if used_at < oldest:
                client.close()
        self._idle = [item for item in self._idle if item[1] >= oldest and item[0].is_connected]
        return self._idle.pop()[0] if self._idle else None

    def close(self) -> None:
        for client, _ in self._idle:
            client.close()
        self._idle.clear()


def connections_of(account: ChannelAccount) -> Connections:
    """The account's connections on the running loop; a changed account begins anew."""
    loop = asyncio.get_running_loop()
    if getattr(_own, "loop", None) is not loop:
        _own.loop, _own.by_account = loop, {}
    close_with_loop(_close)
    by_account: dict[int, Connections] = _own.by_account
    known = by_account.get(account.pk)
    if known is None or known.made_for != account.updated_at:
        if known is not None:
            known.close()
        known = by_account[account.pk] = Connections(account)
    return known


async def _close() -> None:
    for connections in _own.__dict__.pop("by_account", {}).values():
        connections.close()
    _own.__dict__.clear()
    # Transports end their sockets at the loop's next turn.
    await asyncio.sleep(0)


async def _is_reset(client: SMTP) -> bool:
    try:
        await client.rset()
    except (SMTPException, OSError, TimeoutError):
        return False
    return True
