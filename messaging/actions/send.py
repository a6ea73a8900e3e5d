"""Sending by template: one message, or a batch of up to 10,000 (contract.md §2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from config.errors import InvalidInputError
from config.locks import transaction_lock
from customers.models import User
from messaging.channels import registry
from messaging.channels.base import Channel
from messaging.channels.registry import UnknownChannelError
from messaging.models import Message, MessageBatch, MessageTemplate, TemplateStatus
from messaging.models.message import RECIPIENT_LENGTH
from messaging.rendering import render
from messaging.sending.accept import MAX_BATCH, NewMessage, batch_accept, message_accept


@dataclass(frozen=True)
class Options:
    """What all messages of one call share."""

    priority: int = 5
    send_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Addressee:
    recipient: str
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Rejected:
    """A recipient that was not accepted: its place in the call, and why."""

    index: int
    recipient: str
    code: str
    detail: str


@dataclass(frozen=True)
class AcceptedBatch:
    batch: MessageBatch
    rejected: list[Rejected]


def template_active(*, template_id: int | None, code: str | None) -> MessageTemplate:
    """The active template of that id or code; raises `InvalidInputError` naming the field."""
    attr = "template_id" if template_id is not None else "template_code"
    query = {"pk": template_id} if template_id is not None else {"code": code}
    template = MessageTemplate.objects.filter(**query).first()
    if template is None:
        raise InvalidInputError("没有这个模板", code="not_found", attr=attr)
    if template.status != TemplateStatus.ACTIVE:
        raise InvalidInputError(f"模板「{template.name}」已停用", code="inactive", attr=attr)
    return template


@transaction.atomic
def message_send(
    *,
    template: MessageTemplate,
    recipient: str,
    variables: Mapping[str, Any],
    options: Options,
    actor: User | None,
    dedupe_key: str | None = None,
) -> Message:
    """One accepted message; the first one again while `dedupe_key` is the same.

    Raises `InvalidInputError` naming `recipient`, a missing variable, or the priority.
    """
    if dedupe_key:
        # Parallel copies wait here for the first; the unique index would refuse them anyway.
        transaction_lock(f"message.dedupe:{dedupe_key}")
        known = Message.objects.filter(dedupe_key=dedupe_key).first()
        if known is not None:
            return known
    new = _compose(template, Addressee(recipient, variables), options, dedupe_key)
    return message_accept(new, created_by=actor)


def batch_send(
    *,
    template: MessageTemplate,
    addressees: Sequence[Addressee],
    options: Options,
    actor: User | None,
) -> AcceptedBatch:
    """Everybody who can be reached; a bad recipient never sinks the batch.

    Raises `InvalidInputError` beyond 10,000 and when nobody is left.
    """
    if not 1 <= len(addressees) <= MAX_BATCH:
        raise InvalidInputError(f"一次须有 1 到 {MAX_BATCH} 位接收方", attr="recipients")
    news: list[NewMessage] = []
    rejected: list[Rejected] = []
    for index, addressee in enumerate(addressees):
        try:
            news.append(_compose(template, addressee, options, None))
        except InvalidInputError as error:
            rejected.append(Rejected(index, addressee.recipient, error.code, error.detail))
    if not news:
        raise InvalidInputError(f"没有可用的接收方：{rejected[0].detail}", attr="recipients")
    batch = batch_accept(news, channel=template.channel, created_by=actor)
    return AcceptedBatch(batch, rejected)


def _compose(
    template: MessageTemplate, addressee: Addressee, options: Options, dedupe_key: str | None
) -> NewMessage:
    channel = _channel(template)
    if not 0 < len(addressee.recipient) <= RECIPIENT_LENGTH:
        raise InvalidInputError("接收方为空或过长", code="bad_recipient", attr="recipient")
    try:
        recipient = channel.recipient(addressee.recipient)
    except InvalidInputError as error:
        raise InvalidInputError(error.detail, code=error.code, attr="recipient") from error
    subject = render(template.subject, addressee.variables, body_format=template.body_format)
    body = render(template.body, addressee.variables, body_format=template.body_format)
    return NewMessage(
        channel=template.channel,
        recipient=recipient.address,
        account=recipient.account,
        template=template,
        payload=channel.compose(body_format=template.body_format, subject=subject, body=body),
        priority=options.priority,
        send_at=options.send_at,
        expires_at=options.expires_at,
        dedupe_key=dedupe_key,
    )


def _channel(template: MessageTemplate) -> Channel:
    try:
        return registry.get(template.channel)
    except UnknownChannelError:
        raise InvalidInputError(
            f"渠道 {template.channel} 还没有启用", code="unknown_channel", attr="template_id"
        ) from None
