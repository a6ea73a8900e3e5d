"""What a channel is: it takes one rendered message, calls the provider once, and sorts the answer."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import aiohttp

from config.errors import InvalidInputError, NotFoundError
from messaging.channels.account_form import AccountForm
from messaging.models import BodyFormat, ChannelAccount


class Outcome(StrEnum):
    """How one attempt ended, and so what happens next (guarantees.md 6)."""

    SENT = "sent"
    RETRY = "retry"  # the provider's passing trouble: again later, costs an attempt
    THROTTLED = "throttled"  # over a limit: again when the window has passed, costs none
    PERMANENT = "permanent"  # it will never work like this
    UNCERTAIN = "uncertain"  # it may have been delivered, and nobody can be asked
    EXPIRED = "expired"  # its time was over before it could be tried


@dataclass(slots=True)
class Result:
    outcome: Outcome
    code: str = ""
    detail: str = ""
    provider_message_id: str = ""
    # With it the provider changes the message once more (a card's `response_code`).
    change_code: str = ""
    retry_after_seconds: float | None = None
    # False when we held the message back ourselves: then nothing was tried.
    was_tried: bool = True
    # The fault is the whole account's (a wrong secret, a robot removed), not this message's: its
    # circuit opens at once (messaging/sending/circuit.py).
    is_account_fault: bool = False
    # The recipient's address has ended for good: where it was kept, it is removed.
    is_address_gone: bool = False


@dataclass(slots=True)
class Limit:
    """At most `count` messages in any `window_seconds` under `key`, across all workers."""

    key: str
    count: int
    window_seconds: float = 60.0


@dataclass(slots=True)
class Outbound:
    """A claimed message as a channel sees it: no ORM, no state."""

    pk: int
    message_id: str
    channel: str
    account: ChannelAccount | None
    recipient: str
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What a provider knows of a message that it has, for recalling or changing it."""

    account: ChannelAccount | None
    recipient: str
    provider_message_id: str
    change_code: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address in the channel's own form, and the account that reaches it."""

    address: str
    account: ChannelAccount | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """A template's parts with its variables filled in.

    `options` are the channel's own (an SMS template's code, a template card): every string in them
    may hold `{{name}}` too.
    """

    body_format: str
    subject: str
    body: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verification:
    """What the provider said to the cheapest harmless call."""

    ok: bool
    code: str = ""
    detail: str = ""


class ReceiptStatus(StrEnum):
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReceiptCall:
    """A provider's call as it came: the channel checks its signature over just these bytes."""

    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message, told later, found by `message_id` or by the provider's own id.

    `recipient` narrows a provider id that a whole call shares; empty means any.
    """

    status: ReceiptStatus
    provider_message_id: str = ""
    message_id: str = ""
    recipient: str = ""
    code: str = ""
    detail: str = ""
    at: datetime | None = None


class Channel(ABC):
    """One folder of code for one provider. No ORM, no retry loop, no sleep in `send`."""

    code: str
    # Whether the provider tells later what became of a message.
    has_receipts: ClassVar[bool] = False
    body_formats: ClassVar[frozenset[str]] = frozenset({BodyFormat.TEXT})
    # What an account of this channel is made of; None: it is configured by the environment.
    account_form: type[AccountForm] | None = None
    # What a receipt call is answered with, as text or as JSON; providers repeat a call that got
    # anything else.
    receipt_text: ClassVar[str] = ""
    receipt_answer: ClassVar[Mapping[str, Any]] = {"code": 0, "msg": "成功"}

    @abstractmethod
    def recipient(self, text: str) -> Recipient:
        """Whom `text` names, and through which account; raises `InvalidInputError`.

        Called up to 10,000 times for one request: nothing here may ask the database every time.
        """

    def needs_body(self, content: Content) -> bool:
        """False where the options alone make a message (a card, a platform's own template)."""
        return True

    def is_configured(self, account: ChannelAccount | None) -> bool:
        """Whether messages can go out at all, through that account."""
        return self.account_form is None or account is not None

    def is_windowed(self, content: Content) -> bool:
        """Whether the provider carries it only for a while after the recipient's own words."""
        return False

    def check_template(self, content: Content) -> None:
        """Raises `InvalidInputError` naming `body`, `subject`, `body_format` or `options.…`.

        `content` is the template as written, blanks unfilled.
        """
        if content.body_format not in self.body_formats:
            allowed = "、".join(sorted(self.body_formats))
            raise InvalidInputError(f"这个渠道的正文格式只能是：{allowed}", attr="body_format")
        if self.needs_body(content) and not content.body.strip():
            raise InvalidInputError("正文不能为空", attr="body")

    @abstractmethod
    def compose(self, content: Content) -> dict[str, Any]:
        """The provider's own body for rendered content, within the provider's lengths.

        JSON, stored with the message: no secret belongs in it. Raises `InvalidInputError`.
        """

    @abstractmethod
    def limits(self, outbound: Outbound) -> list[Limit]:
        """The provider's limits that this message counts towards."""

    def calls(self, outbounds: Sequence[Outbound]) -> list[list[Outbound]]:
        """Which of these may share one call to the provider; each alone, unless it takes many."""
        return [[outbound] for outbound in outbounds]

    @abstractmethod
    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        """One attempt. Raises only aiohttp's and asyncio's own errors, sorted by the caller."""

    async def send_together(
        self, outbounds: Sequence[Outbound], http: aiohttp.ClientSession
    ) -> list[Result]:
        """One call for several, in their order; only where `calls` puts several together."""
        return [await self.send(outbound, http) for outbound in outbounds]

    def is_idempotent(self, outbound: Outbound) -> bool:
        """True when the provider delivers a repeated request once, so a time-out may be retried."""
        return False

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """The cheapest harmless call with this account, and what the provider said."""
        return Verification(ok=False, code="not_supported", detail="这个渠道没有可用的验证接口")

    async def recall(self, message: SentMessage, http: aiohttp.ClientSession) -> Result:
        """Takes a message back from its reader; SENT when the provider did."""
        raise InvalidInputError("这个渠道不能撤回消息", code="not_supported", attr="channel")

    async def change_card(
        self, message: SentMessage, change: Mapping[str, Any], http: aiohttp.ClientSession
    ) -> Result:
        """Changes a card that was sent; SENT when the provider did. Raises `InvalidInputError`."""
        raise InvalidInputError("这个渠道不能更新卡片", code="not_supported", attr="channel")

    def receipts(self, call: ReceiptCall) -> list[Receipt]:
        """What a provider's call tells; raises `NotAllowedError` (signature), `InvalidInputError`."""
        raise NotFoundError("这个渠道没有送达回执")

    def echo(self, call: ReceiptCall) -> str:
        """The answer to a provider's check of the receipt address; raises as `receipts`."""
        raise NotFoundError("这个渠道不验证回执地址")
