"""What an entry is: where customers write from, and how answers get back there (docs/chat-entries.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar

from config.errors import InvalidInputError
from customers.actors import Entry
from customers.models import Customer, CustomerChannel
from messaging.models import ChannelAccount
from tickets.models import Chat, ChatMessage, ChatMessageType


class Act(StrEnum):
    """What a customer did that opens the platform's window."""

    MESSAGE = "message"
    # A menu, a scan, a follow: less than words.
    TOUCH = "touch"


@dataclass(frozen=True)
class BudgetRule:
    """How much may be sent after the customer did something, and for how long (kf: 5 in 48 h)."""

    sends: int
    window: timedelta


class ChatEntry:
    """One instance an entry, registered from its app's `ready()`: `entries.registry.register(…)`.

    A platform's entry names the `channel` of `messaging` that reaches its customers, says what a
    message looks like there (`payload`), and what the platform allows (`budgets`).
    """

    code: ClassVar[str] = ""
    label: ClassVar[str] = ""
    # The channel that carries answers, and whose addresses its customers have; empty: our own page.
    channel: ClassVar[str] = ""
    # How acts through it are recorded.
    door: ClassVar[Entry] = Entry.WEB
    # Whether we can know that the customer got or read something. Where we cannot, `sent` is all
    # that a message ever says: accepted by the platform.
    knows_reading: ClassVar[bool] = False
    types: ClassVar[frozenset[ChatMessageType]] = frozenset({ChatMessageType.TEXT})
    # Empty: as much as one likes. An act that is not named opens nothing.
    budgets: ClassVar[Mapping[Act, BudgetRule]] = {}
    # The platform's codes for "over the budget": what it refused so waits for the customer.
    spent_codes: ClassVar[frozenset[str]] = frozenset()
    # Where customers whom nobody knew before came from.
    customer_channel: ClassVar[str] = CustomerChannel.WEBSITE

    @property
    def is_ours(self) -> bool:
        """Whether our own page shows what is said: nothing has to leave."""
        return not self.channel

    def payload(self, chat: Chat, message: ChatMessage) -> dict[str, Any]:
        """The message as the entry's channel sends it, without its recipient; no secret in it.

        A key that makes a repetition one message on the platform is made of the chat message's own
        number, so that it stays the same however often it is carried. Raises `InvalidInputError`.
        """
        raise NotImplementedError

    def plain(self, text: str, account: str = "") -> dict[str, Any]:
        """Words outside any chat (the assistant's), through that account of the entry; see `payload`."""
        raise NotImplementedError

    def account(self, chat: Chat) -> ChannelAccount | None:
        """Through which of the channel's accounts; None: the environment's."""
        return None

    def check(self, message: ChatMessage) -> None:
        """Raises `InvalidInputError` for what the platform would refuse or cut."""
        if message.type not in self.types:
            raise InvalidInputError(
                f"{self.label}不能发送{ChatMessageType(message.type).label}",
                code="not_supported",
                attr="type",
            )

    def customer_at(self, address: str, account: str) -> Customer | None:
        """Whom the platform itself knows by other means than our address book; None: nobody."""
        return None

    def name_for(self, address: str) -> str:
        """What somebody is called who gave no name."""
        return f"{self.label}客户 {address[-6:]}"
