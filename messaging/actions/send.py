"""Sending by template: one message, or a batch of up to 10,000 (contract.md §2)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from config.database import clock
from config.database.locks import transaction_lock
from config.errors import InvalidInputError
from customers.models import Customer, User
from customers.queries.addresses import address_of
from messaging.channels import registry
from messaging.channels.base import Channel
from messaging.channels.registry import UnknownChannelError
from messaging.models import Message, MessageBatch, MessageTemplate
from messaging.models.message import OPEN, RECIPIENT_LENGTH, MessageStatus
from messaging.opt_outs import opted_out
from messaging.rendering import MissingVariablesError, Source
from messaging.sending.accept import MAX_BATCH, NewMessage, batch_accept, message_accept
from messaging.templates_in_use import template_in_use


@dataclass(frozen=True)
class Options:
    """What all messages of one call share."""

    priority: int = 5
    send_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """`variables` are this recipient's own; those of the call come below them.

    With a `customer_id` the message is that customer's, and no address is one that is not known.
    """

    recipient: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    customer_id: int | None = None


@dataclass(frozen=True)
class Rejected:
    """A recipient that was not accepted: its place in the call, and why."""

    index: int
    recipient: str
    code: str
    detail: str


@dataclass(frozen=True)
class CheckedBatch:
    """What a batch would be: nothing is written yet."""

    news: list[NewMessage]
    rejected: list[Rejected]


@dataclass(frozen=True)
class AcceptedBatch:
    batch: MessageBatch
    rejected: list[Rejected]


class NobodyReachableError(InvalidInputError):
    """Every recipient of a batch was rejected; `rejected` says why each was."""

    def __init__(self, rejected: list[Rejected], attr: str = "recipients") -> None:
        super().__init__(f"没有可用的接收方：{rejected[0].detail}", attr=attr)
        self.rejected = rejected


@dataclass(frozen=True)
class SingleSend:
    """One message as a caller asks for it; `recipient` or `customer` says whom it is for."""

    template: MessageTemplate
    variables: Mapping[str, Any]
    options: Options
    recipient: str = ""
    customer: Customer | None = None
    channel: str = ""
    dedupe_key: str | None = None
    fallback_channels: Sequence[str] = ()


def message_compose(asked: SingleSend) -> NewMessage:
    """The message ready to be written. Raises `InvalidInputError` naming the field at fault."""
    new = message_addressed(asked)
    if opted_out(new.channel, [new.recipient]):
        raise InvalidInputError("接收方已退订这个渠道", code="opted_out", attr="recipient")
    return new


def message_addressed(asked: SingleSend) -> NewMessage:
    """Like `message_compose`, but who does not want messages is still among them."""
    template = asked.template
    channel = _channel(
        asked.channel or template.channel, "channel" if asked.channel else "template_id"
    )
    if asked.channel and asked.channel != template.channel:
        raise InvalidInputError(
            f"模板「{template.name}」属于渠道 {template.channel}", attr="channel"
        )
    address = asked.recipient or _address(asked.customer, channel.code)
    if asked.fallback_channels:
        if asked.customer is None:
            raise InvalidInputError("备用渠道需要 customer_id", attr="fallback_channels")
        for name in asked.fallback_channels:
            _channel(name, "fallback_channels")
    missing = template_in_use(template).missing(asked.variables)
    if missing:
        raise MissingVariablesError(missing)
    new = _addressed(channel, template, address)
    new.variables = asked.variables
    new.customer_id = asked.customer.pk if asked.customer else None
    new.dedupe_key = asked.dedupe_key or _content_key(template, new.recipient, asked.variables)
    new.fallback_channels = list(asked.fallback_channels)
    return _with(new, asked.options)


@transaction.atomic
def message_send(asked: SingleSend, *, actor: User | None) -> tuple[Message, bool]:
    """One accepted message, and whether it is an earlier one with the same key or content.

    Raises `InvalidInputError` naming `recipient`, a missing variable, or the priority.
    """
    new = message_compose(asked)
    if new.dedupe_key is None:
        return message_accept(new, created_by=actor), False
    # Parallel copies wait here for the first; the unique index would refuse them anyway.
    transaction_lock(f"message.dedupe:{new.dedupe_key}")
    known = Message.objects.filter(dedupe_key=new.dedupe_key).first()
    if known is not None and not _gives_way(known, asked):
        return known, True
    if known is not None:
        Message.objects.filter(pk=known.pk).update(dedupe_key=None)
    return message_accept(new, created_by=actor), False


def batch_send(
    *,
    template: MessageTemplate,
    addressees: Sequence[Addressee],
    variables: Mapping[str, Any],
    options: Options,
    actor: User | None,
) -> AcceptedBatch:
    """Everybody who can be reached, once; a bad recipient never sinks the batch.

    `variables` are shared by all. Raises `InvalidInputError` beyond 10,000, `NobodyReachableError`.
    """
    checked = batch_check(
        template=template, addressees=addressees, variables=variables, options=options
    )
    if not checked.news:
        is_segment = addressees[0].customer_id is not None
        raise NobodyReachableError(checked.rejected, "segment_id" if is_segment else "recipients")
    batch = batch_accept(
        checked.news,
        channel=template.channel,
        template=template,
        variables=variables,
        created_by=actor,
    )
    return AcceptedBatch(batch, checked.rejected)


def batch_check(
    *,
    template: MessageTemplate,
    addressees: Sequence[Addressee],
    variables: Mapping[str, Any],
    options: Options,
) -> CheckedBatch:
    """Who of these can be reached, and who not and why; raises as `batch_send` beyond 10,000."""
    if not 1 <= len(addressees) <= MAX_BATCH:
        raise InvalidInputError(f"一次须有 1 到 {MAX_BATCH} 位接收方", attr="recipients")
    channel = _channel(template.channel, "template_id")
    # What the call itself gives need not be looked for 10,000 times.
    open_names = template_in_use(template).missing(variables)
    news: list[NewMessage] = []
    places: list[int] = []
    rejected: list[Rejected] = []
    for index, addressee in enumerate(addressees):
        try:
            new = _addressed(channel, template, addressee.recipient)
            if open_names:
                _check_given(open_names, addressee.variables)
        except InvalidInputError as error:
            rejected.append(_rejected(index, addressee, error, channel.code))
            continue
        new.variables = addressee.variables or None
        new.customer_id = addressee.customer_id
        news.append(_with(new, options))
        places.append(index)
    news = _without_doubles(news, places, rejected)
    news = _without_opted_out(channel.code, news, places, rejected)
    return CheckedBatch(news, sorted(rejected, key=lambda item: item.index))


def _rejected(index: int, addressee: Addressee, error: InvalidInputError, channel: str) -> Rejected:
    if addressee.customer_id is not None and not addressee.recipient:
        detail = f"客户 {addressee.customer_id} 没有渠道 {channel} 的地址"
        return Rejected(index, "", "no_address", detail)
    return Rejected(index, addressee.recipient[:200], error.code, error.detail)


def _check_given(names: Sequence[str], variables: Mapping[str, Any]) -> None:
    if all(isinstance(variables.get(name), str) for name in names):
        return
    missing = Source.missing_of(names, variables)
    if missing:
        raise MissingVariablesError(missing)


def _without_opted_out(
    channel: str, news: list[NewMessage], places: list[int], rejected: list[Rejected]
) -> list[NewMessage]:
    """Those who still want messages; the others are added to `rejected`."""
    gone = opted_out(channel, [new.recipient for new in news])
    if not gone:
        return news
    for index, new in zip(places, news, strict=True):
        if new.recipient in gone:
            rejected.append(
                Rejected(index, new.recipient[:200], "opted_out", "接收方已退订这个渠道")
            )
    return [new for new in news if new.recipient not in gone]


def _without_doubles(
    news: list[NewMessage], places: list[int], rejected: list[Rejected]
) -> list[NewMessage]:
    """Each recipient once with the same variables; `places` loses what goes to `rejected`."""
    if len({new.recipient for new in news}) == len(news):
        return news
    seen: set[tuple[str, str]] = set()
    kept: list[tuple[int, NewMessage]] = []
    for index, new in zip(places, news, strict=True):
        content = new.recipient, json.dumps(new.variables, sort_keys=True)
        if content in seen:
            rejected.append(
                Rejected(index, new.recipient[:200], "duplicate", "名单中重复，只发送一次")
            )
        else:
            seen.add(content)
            kept.append((index, new))
    places[:] = [index for index, _ in kept]
    return [new for _, new in kept]


def _addressed(channel: Channel, template: MessageTemplate, text: str) -> NewMessage:
    """Raises `InvalidInputError` with `attr="recipient"`."""
    if not 0 < len(text) <= RECIPIENT_LENGTH or "\x00" in text:
        raise InvalidInputError("接收方为空或过长", code="bad_recipient", attr="recipient")
    try:
        recipient = channel.recipient(text)
    except InvalidInputError as error:
        raise InvalidInputError(error.detail, code=error.code, attr="recipient") from error
    return NewMessage(
        channel=template.channel,
        recipient=recipient.address,
        account=recipient.account,
        template=template,
    )


def _with(new: NewMessage, options: Options) -> NewMessage:
    new.priority, new.send_at = options.priority, options.send_at
    new.expires_at = options.expires_at
    return new


def _address(customer: Customer | None, channel: str) -> str:
    if customer is None:
        raise InvalidInputError("请给出 recipient 或 customer_id", attr="recipient")
    address = address_of(customer, channel)
    if not address:
        raise InvalidInputError(
            f"客户没有渠道 {channel} 的地址", code="no_address", attr="customer_id"
        )
    return address


def _channel(code: str, attr: str) -> Channel:
    try:
        return registry.get(code)
    except UnknownChannelError:
        raise InvalidInputError(
            f"渠道 {code} 还没有启用", code="unknown_channel", attr=attr
        ) from None


def _content_key(
    template: MessageTemplate, recipient: str, variables: Mapping[str, Any]
) -> str | None:
    """The same content to the same person, where the template asks for that (guarantees.md 5)."""
    if not template.dedupe_seconds:
        return None
    content = json.dumps(
        [template.pk, template.version, recipient, variables], sort_keys=True, default=str
    )
    return "content:" + hashlib.sha256(content.encode()).hexdigest()


def _gives_way(known: Message, asked: SingleSend) -> bool:
    """Whether an earlier message with the same content stands in nobody's way any more."""
    if asked.dedupe_key:
        return False
    if known.status in OPEN:
        return False
    age = (clock.now() - known.created_at).total_seconds()
    return (
        known.status in (MessageStatus.FAILED, MessageStatus.CANCELLED, MessageStatus.EXPIRED)
        or age > asked.template.dedupe_seconds
    )
