"""Replies to be used again (话术): one's own and the team's, with blanks that a ticket or chat fills."""

import re
from collections.abc import Callable
from typing import TypedDict

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from customers.actors import Actor
from customers.models import Customer
from tickets.actions.trail import require_team
from tickets.chat.visibility import chats_visible_to
from tickets.customer_side.links import Audience, ticket_url
from tickets.models import CannedReply, Ticket
from tickets.visibility import tickets_visible_to

SHORTCUT_LENGTH, TITLE_LENGTH, BODY_LENGTH = 30, 100, 5000
_BLANK = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

_OfTicket = Callable[[Ticket], str]
_TICKETS: dict[str, _OfTicket] = {
    "ticket_id": lambda ticket: str(ticket.pk),
    "deadline": lambda ticket: f"{localtime(ticket.deadline):%Y-%m-%d %H:%M}",
    "link": lambda ticket: ticket_url(ticket, Audience.CUSTOMER),
}
# What may stand for a blank: `{{customer_name}}` and so on.
BLANKS = ("customer_name", "ticket_id", "agent_name", "deadline", "link")


class CannedReplyChanges(TypedDict, total=False):
    shortcut: str
    title: str
    body: str
    is_active: bool


def replies_visible_to(actor: Actor) -> QuerySet[CannedReply]:
    """One's own and the team's; administrators see all."""
    if not actor.is_team:
        return CannedReply.objects.none()
    if actor.sees_all:
        return CannedReply.objects.all()
    return CannedReply.objects.filter(Q(owner=actor.user) | Q(owner=None))


@transaction.atomic
def canned_reply_create(
    *, shortcut: str, title: str, body: str, actor: Actor, is_team: bool = False
) -> CannedReply:
    """Raises `NotAllowedError` for a team's by other than administrators, `InvalidInputError` for a
    blank that nobody can fill, `ConflictError` for a taken shortcut.
    """
    require_team(actor)
    # A key has no one whose own it could be.
    is_team = is_team or actor.user is None
    if is_team and not actor.sees_all:
        raise NotAllowedError("只有管理员可以新建团队话术")
    reply = CannedReply(owner=None if is_team else actor.user)
    return _save(reply, {"shortcut": shortcut, "title": title, "body": body})


@transaction.atomic
def canned_reply_edit(*, reply_id: int, changes: CannedReplyChanges, actor: Actor) -> CannedReply:
    """Raises `NotFoundError`, `NotAllowedError` for the team's, and as `canned_reply_create`."""
    return _save(_own(reply_id, actor), changes)


@transaction.atomic
def canned_reply_delete(*, reply_id: int, actor: Actor) -> None:
    """Raises as `canned_reply_edit`."""
    _own(reply_id, actor).delete()


@transaction.atomic
def canned_reply_render(
    *, reply_id: int, actor: Actor, ticket_id: int | None = None, chat_id: int | None = None
) -> str:
    """The reply with its blanks filled from the ticket, or from the chat; counts as a use.

    Of a chat without a ticket the ticket's blanks stay, for the writer to see. Raises
    `NotFoundError` for a reply, a ticket or a chat outside the actor's view.
    """
    require_team(actor)
    reply = _visible(reply_id, actor)
    if chat_id is not None:
        customer, ticket = _of_chat(chat_id, actor)
    else:
        ticket = _ticket(ticket_id, actor)
        customer = ticket.customer
    # Beside the model's own save: a use is no change of the reply.
    CannedReply.objects.filter(pk=reply.pk).update(used_count=F("used_count") + 1)
    return filled(reply.body, customer, ticket, actor)


def filled(body: str, customer: Customer, ticket: Ticket | None, actor: Actor) -> str:
    """What is put in is text: blanks inside a customer's name stay as they are."""
    values = {"customer_name": customer.name, "agent_name": actor.name}
    if ticket is not None:
        values |= {name: write(ticket) for name, write in _TICKETS.items()}
    return _BLANK.sub(lambda blank: values.get(blank[1], blank[0]), body)


def _ticket(ticket_id: int | None, actor: Actor) -> Ticket:
    visible = tickets_visible_to(actor).select_related("customer")
    ticket = visible.filter(pk=ticket_id).first() if ticket_id is not None else None
    if ticket is None:
        raise NotFoundError(f"找不到工单 #{ticket_id}")
    return ticket


def _of_chat(chat_id: int, actor: Actor) -> tuple[Customer, Ticket | None]:
    chats = chats_visible_to(actor).select_related("customer", "ticket")
    chat = chats.filter(pk=chat_id).first()
    if chat is None:
        raise NotFoundError(f"找不到会话 {chat_id}")
    return chat.customer, chat.ticket


def _visible(reply_id: int, actor: Actor) -> CannedReply:
    reply = replies_visible_to(actor).filter(pk=reply_id).first()
    if reply is None:
        raise NotFoundError("找不到这条话术")
    return reply


def _own(reply_id: int, actor: Actor) -> CannedReply:
    require_team(actor)
    reply = _visible(reply_id, actor)
    if not may_change(reply, actor):
        raise NotAllowedError("只有管理员可以修改团队话术")
    return reply


def may_change(reply: CannedReply, actor: Actor) -> bool:
    return actor.sees_all or (actor.user is not None and reply.owner_id == actor.user.pk)


def _save(reply: CannedReply, changes: CannedReplyChanges) -> CannedReply:
    for name, value in changes.items():
        setattr(reply, name, value.strip() if isinstance(value, str) else value)
    check_reply(reply)
    transaction_lock("tickets.canned_reply.shortcuts")
    same = CannedReply.objects.filter(owner=reply.owner, shortcut=reply.shortcut)
    if same.exclude(pk=reply.pk).exists():
        whose = "您" if reply.owner_id else "团队"
        raise ConflictError(f"{whose}已有快捷词为「{reply.shortcut}」的话术", attr="shortcut")
    reply.save()
    return reply


def check_reply(reply: CannedReply) -> None:
    """Raises `InvalidInputError` naming the field."""
    if not 0 < len(reply.shortcut) <= SHORTCUT_LENGTH or len(reply.shortcut.split()) != 1:
        raise InvalidInputError(
            f"快捷词必须是 1 到 {SHORTCUT_LENGTH} 个字，不含空格", attr="shortcut"
        )
    if not 0 < len(reply.title) <= TITLE_LENGTH:
        raise InvalidInputError(f"标题必须是 1 到 {TITLE_LENGTH} 个字", attr="title")
    if not 0 < len(reply.body) <= BODY_LENGTH:
        raise InvalidInputError(f"内容必须是 1 到 {BODY_LENGTH} 个字", attr="body")
    unknown = [name for name in _BLANK.findall(reply.body) if name not in BLANKS]
    if unknown:
        known = "、".join(map(_blank, BLANKS))
        raise InvalidInputError(f"没有变量 {_blank(unknown[0][:50])}，可用：{known}", attr="body")


def _blank(name: str) -> str:
    return f"{{{{{name}}}}}"
