"""Saying something in a ticket's group: which robot, which group, which kind of message.

A webhook robot takes twenty messages a minute and never changes one that it has sent: what is new
is a message of its own (wechat-protocol.md §4.4).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from config.database.locks import transaction_lock
from customers.models import User
from messaging.markup import cut_utf8
from messaging.models import ChannelAccount, ChannelType, Message
from messaging.sending.accept import NewMessage, message_accept
from tickets.models import Ticket

MARKDOWN_BYTES = 4096
# Only a text can mention people by a list.
TEXT_BYTES = 2048
MOST_MENTIONS = 100
EVERYBODY = "@all"
# What a message names when nobody knows the group that `GROUP_WEBHOOK_URL` speaks in.
UNKNOWN_GROUP = "default"


@dataclass(frozen=True)
class Voice:
    """A robot, and the group it is heard in.

    Without an account it is the one of `GROUP_WEBHOOK_URL`; `group_id` is empty where nobody knows
    which group that is.
    """

    account: ChannelAccount | None
    group_id: str = ""


def voice_in(chat_id: str) -> Voice | None:
    """The robot that stands in that group, else the default one; None when there is none at all."""
    return voices_in([chat_id])[chat_id]


def voices_in(chat_ids: Collection[str]) -> dict[str, Voice | None]:
    """`voice_in` for each, with one query."""
    wanted = Q(settings__group_id__in=[chat_id for chat_id in chat_ids if chat_id])
    robots = ChannelAccount.objects.filter(
        wanted | Q(is_default=True), channel=ChannelType.GROUP_BOT, is_active=True
    )
    own: dict[str, Voice] = {}
    default = Voice(None) if settings.GROUP_WEBHOOK_URL else None
    for robot in robots.order_by("pk"):
        group_id = str(robot.settings.get("group_id") or "")
        voice = Voice(robot, group_id)
        if group_id:
            own.setdefault(group_id, voice)
        if robot.is_default:
            default = voice
    return {chat_id: own.get(chat_id, default) for chat_id in chat_ids}


def voice_of(ticket: Ticket) -> Voice | None:
    return voice_in(ticket.group_chat_id)


def heard_in(voice: Voice, ticket: Ticket) -> str:
    """The group in which that voice speaks of the ticket: where its robot stands, if that is known."""
    return voice.group_id or ticket.group_chat_id or UNKNOWN_GROUP


def say_in_group(
    ticket: Ticket,
    *,
    content: str,
    mentions: Sequence[str] = (),
    priority: int,
    dedupe_key: str | None = None,
) -> Message | None:
    """The words on their way to the ticket's group; None when no robot speaks there.

    `content` begins with the ticket's own number, so that a quotation of it says which ticket is
    meant; what people wrote in it went through `as_text`. With `mentions` (WeCom user ids, or
    `EVERYBODY`) it is a text, else markdown. Of the same `dedupe_key` there is one message: the
    second caller gets the first one's.
    """
    voice = voice_of(ticket)
    if voice is None:
        return None
    return say(
        voice,
        group_id=ticket.group_chat_id,
        content=content,
        mentions=mentions,
        priority=priority,
        dedupe_key=dedupe_key,
        customer_id=ticket.customer_id,
    )


def say(
    voice: Voice,
    *,
    group_id: str,
    content: str,
    mentions: Sequence[str] = (),
    priority: int,
    dedupe_key: str | None = None,
    customer_id: int | None = None,
    created_by: User | None = None,
    send_at: datetime | None = None,
) -> Message:
    """`say_in_group` by a voice that was found before; `group_id` is the ticket's."""
    if dedupe_key is not None:
        # The unique index would refuse the second, and with it the whole transaction.
        transaction_lock(f"message.dedupe:{dedupe_key}")
        said = Message.objects.filter(dedupe_key=dedupe_key).first()
        if said is not None:
            return said
    new = spoken(
        voice,
        group_id=group_id,
        content=content,
        mentions=mentions,
        priority=priority,
        dedupe_key=dedupe_key,
        customer_id=customer_id,
        send_at=send_at,
    )
    return message_accept(new, created_by=created_by)


def spoken(
    voice: Voice,
    *,
    group_id: str,
    content: str,
    mentions: Sequence[str] = (),
    priority: int,
    dedupe_key: str | None = None,
    customer_id: int | None = None,
    send_at: datetime | None = None,
) -> NewMessage:
    """The message of `say`, not accepted yet."""
    return NewMessage(
        channel=ChannelType.GROUP_BOT,
        recipient=group_id or voice.group_id or UNKNOWN_GROUP,
        account=voice.account,
        customer_id=customer_id,
        payload=body(content, mentions),
        priority=priority,
        dedupe_key=dedupe_key,
        send_at=send_at,
    )


def body(content: str, mentions: Sequence[str] = ()) -> dict[str, Any]:
    """The platform's own body, within its bytes."""
    if not mentions:
        return {"msgtype": "markdown", "markdown": {"content": cut_utf8(content, MARKDOWN_BYTES)}}
    named = list(dict.fromkeys(mentions))[:MOST_MENTIONS]
    text = {"content": cut_utf8(content, TEXT_BYTES), "mentioned_list": named}
    return {"msgtype": "text", "text": text}
