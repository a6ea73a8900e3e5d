"""What a channel is: it takes one rendered message, calls the provider once, and sorts the answer."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp

from messaging.models import ChannelAccount


class Outcome(StrEnum):
    """How one attempt ended, and so what happens next (guarantees.md 6)."""

    SENT = "sent"
    RETRY = "retry"  # the provider's passing trouble: again later, costs an attempt
    THROTTLED = "throttled"  # over a limit: again when the window has passed, costs none
    PERMANENT = "permanent"  # it will never work like this
    UNCERTAIN = "uncertain"  # it may have been delivered, and nobody can be asked


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    code: str = ""
    detail: str = ""
    provider_message_id: str = ""
    retry_after_seconds: float | None = None
    # False when we held the message back ourselves: then nothing was tried.
    was_tried: bool = True


@dataclass(frozen=True)
class Limit:
    """At most `count` messages in any `window_seconds` under `key`, across all workers."""

    key: str
    count: int
    window_seconds: float = 60.0


@dataclass(frozen=True)
class Outbound:
    """A claimed message as a channel sees it: no ORM, no state."""

    pk: int
    message_id: str
    channel: str
    account: ChannelAccount | None
    recipient: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True)
class Recipient:
    """An address in the channel's own form, and the account that reaches it."""

    address: str
    account: ChannelAccount | None = None


class Channel(ABC):
    """One folder of code for one provider. No ORM, no retry loop, no sleep in here."""

    code: str

    @abstractmethod
    def recipient(self, text: str) -> Recipient:
        """Whom `text` names, and through which account; raises `InvalidInputError`."""

    @abstractmethod
    def compose(self, *, body_format: str, subject: str, body: str) -> dict[str, Any]:
        """The provider's own body for rendered content, within the provider's lengths."""

    @abstractmethod
    def limits(self, outbound: Outbound) -> list[Limit]:
        """The provider's limits that this message counts towards."""

    @abstractmethod
    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        """One attempt. Raises only aiohttp's and asyncio's own errors, sorted by the caller."""

    def is_idempotent(self, outbound: Outbound) -> bool:
        """True when the provider delivers a repeated request once, so a time-out may be retried."""
        return False
