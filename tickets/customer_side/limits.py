"""How much may come in through the pages without a login: counted over all web processes."""

from config.errors import TooOftenError
from messaging.channels.base import Limit
from messaging.sending import limits

MINUTE, HOUR = 60.0, 3600.0


def take_submission(address: str) -> None:
    """A new ticket: thirty an hour for an address. Raises `TooOftenError`."""
    _take(Limit(f"page:submit:{address}", 30, HOUR))


def take_try(address: str) -> None:
    """A code typed in: each code bears five, an address sixty in ten minutes."""
    _take(Limit(f"page:code:{address}", 60, 10 * MINUTE))


def take_word(ticket_id: int, address: str) -> None:
    """A reply, a rating, a reopening by a secure link."""
    _take(
        Limit(f"page:ticket:{ticket_id}", 20, 10 * MINUTE),
        Limit(f"page:words:{address}", 120, 10 * MINUTE),
    )


def _take(*asked: Limit) -> None:
    wait = limits.take([asked])[0]
    if wait:
        wait_seconds = int(wait) + 1
        minutes = -(-wait_seconds // 60)
        raise TooOftenError(f"操作过于频繁，请 {minutes} 分钟后再试", wait_seconds)
