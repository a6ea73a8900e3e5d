"""Telling customers what became of their ticket, by the first channel that reaches them.

The words are message templates called `ticket_<what>_<channel>`, such as `ticket_resolved_sms`:
operators edit them, and switch a channel off for a notice by switching its template off.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import AppError, InvalidInputError
from config.events.subscribers import first_time
from config.logs import get_logger
from config.runtime import store
from customers.actors import Entry
from customers.models import CustomerStatus
from customers.queries.addresses import address_of
from messaging.actions.send import Options, SingleSend, message_compose
from messaging.channels import registry
from messaging.channels.base import Content
from messaging.models import Message, MessageTemplate, TemplateStatus
from messaging.sending.accept import NewMessage, message_accept
from tickets.actions.undo import REASON as TAKEN_BACK
from tickets.customer_side.links import Audience, ticket_url
from tickets.models import EventKind, Ticket, TicketEvent, Visibility
from tickets.states import TicketStatus

logger = get_logger(__name__)

PRIORITY = 6
# Several words in a row are one notice: its link shows them all.
WORDS = frozenset({"replied", "waiting"})
WORDS_TOGETHER = timedelta(minutes=10)
TITLE_LENGTH, REPLY_LENGTH = 40, 100


class What(StrEnum):
    """What is told."""

    CREATED = "created"
    REPLIED = "replied"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


_KINDS = {
    EventKind.CREATED: What.CREATED,
    EventKind.REPLY: What.REPLIED,
    EventKind.WAITING: What.WAITING,
    EventKind.MERGED: What.CANCELLED,
}
_TALKS = frozenset({Entry.OFFICIAL_ACCOUNT, Entry.KF, Entry.WECOM_APP})
_MOVES = {TicketStatus.RESOLVED: What.RESOLVED, TicketStatus.CANCELLED: What.CANCELLED}


@dataclass(frozen=True)
class Notice:
    what: What
    ticket: Ticket
    event: TicketEvent

    @property
    def key(self) -> str:
        return f"ticket.notice:{self.what}:{self.ticket.pk}:{self.event.sequence}"

    @property
    def variables(self) -> dict[str, str]:
        """What a template may name; `link_token` fits into an SMS provider's blank."""
        ticket = self.ticket
        url = ticket_url(ticket, Audience.CUSTOMER)
        return {
            "name": ticket.customer.name,
            "number": str(ticket.pk),
            "title": _cut(ticket.title, TITLE_LENGTH),
            "status": _status(ticket),
            "reply": _cut(self.event.content, REPLY_LENGTH),
            "link": url,
            "link_token": url.rpartition("/")[2],
        }


@transaction.atomic
def notice_send(envelope: dict[str, Any]) -> Message | None:
    """The message on its way; None when there is nothing to tell, or no way to reach them.

    What is no longer so by now is not told.
    """
    if not first_time("tickets.notices", envelope):
        return None
    notice = _notice(envelope["data"])
    if notice is None or not _is_wanted(notice):
        return None
    # The notices of a ticket wait for each other, so that words in a row are one.
    transaction_lock(f"ticket.notice:{notice.ticket.pk}")
    if notice.what in WORDS and _was_just_told(notice):
        return None
    return _send(notice)


def _notice(data: dict[str, Any]) -> Notice | None:
    ticket = Ticket.objects.filter(pk=data["ticket_id"]).select_related("customer").first()
    event = TicketEvent.objects.filter(
        ticket=data["ticket_id"], sequence=data["version"], visibility=Visibility.PUBLIC
    ).first()
    if ticket is None or event is None:
        return None
    what = _what(ticket, event)
    return Notice(what, ticket, event) if what else None


def _what(ticket: Ticket, event: TicketEvent) -> What | None:
    """What this event is to the customer, as far as it still holds."""
    if event.is_from_customer and event.kind != EventKind.CREATED:
        return None
    is_still_so = {
        EventKind.WAITING: ticket.waiting_since is not None,
        EventKind.MERGED: ticket.merged_into_id is not None,
        EventKind.STATUS: event.to_value == ticket.status,
    }
    if not is_still_so.get(EventKind(event.kind), True):
        return None
    if event.kind == EventKind.STATUS:
        return _MOVES.get(TicketStatus(ticket.status))
    return _KINDS.get(EventKind(event.kind))


def _is_wanted(notice: Notice) -> bool:
    """By the runtime setting, and by the customer's own state."""
    customer = notice.ticket.customer
    if customer.status == CustomerStatus.DELETED or customer.is_blocked or customer.erased_at:
        return False
    if _was_never_heard_of(notice):
        return False
    if notice.what is What.CREATED and notice.event.is_from_customer and _was_answered(notice):
        return False
    wanted = store.get("ticket.customer_notices")
    if notice.what is What.CREATED and not notice.event.is_from_customer:
        return bool(wanted["created_by_staff"])
    return bool(wanted[notice.what])


def _was_answered(notice: Notice) -> bool:
    """Who reported by a message has the answer to it, with the number and the link."""
    return notice.ticket.entry in _TALKS


def _was_just_told(notice: Notice) -> bool:
    since = timezone.now() - WORDS_TOGETHER
    return _told(notice.ticket, WORDS).filter(created_at__gt=since).exists()


def _was_never_heard_of(notice: Notice) -> bool:
    """A ticket that a colleague made by mistake and took back is none of the customer's."""
    if notice.what is not What.CANCELLED or notice.event.content != TAKEN_BACK:
        return False
    return not _told(notice.ticket, What).exists()


def _told(ticket: Ticket, whats: Iterable[str]) -> QuerySet[Message]:
    """The notices of these kinds that the ticket's customer was sent."""
    keys = Q()
    for what in whats:
        keys |= Q(dedupe_key__startswith=f"ticket.notice:{what}:{ticket.pk}:")
    return Message.objects.filter(keys, customer=ticket.customer_id)


def _send(notice: Notice) -> Message | None:
    found = list(_candidates(notice))
    if not found:
        logger.info("ticket_notice_unaddressed", ticket_id=notice.ticket.pk, what=notice.what)
        return None
    # A channel that only carries words within a window comes after those that always do.
    found.sort(key=_is_windowed)
    new, others = found[0], [other.channel for other in found[1:]]
    new.fallback_channels = [channel for channel in others if _suits(new, channel)]
    return message_accept(new)


def _candidates(notice: Notice) -> Iterator[NewMessage]:
    """The message by each channel that could carry it, in the operators' order."""
    channels: list[str] = store.get("ticket.customer_notices")["channels"]
    codes = {f"ticket_{notice.what}_{channel.lower()}": channel for channel in channels}
    rows = MessageTemplate.objects.filter(code__in=codes, status=TemplateStatus.ACTIVE)
    templates = {codes[row.code]: row for row in rows}
    for channel in channels:
        template = templates.get(channel)
        if template is None or template.channel != channel or channel not in registry.codes():
            continue
        if not address_of(notice.ticket.customer, channel):
            continue
        try:
            new = message_compose(_asked(notice, template))
        except InvalidInputError as error:
            logger.info("ticket_notice_passed_on", channel=channel, code=error.code)
            continue
        if registry.get(channel).is_configured(new.account):
            yield new


def _asked(notice: Notice, template: MessageTemplate) -> SingleSend:
    return SingleSend(
        template=template,
        variables=notice.variables,
        options=Options(priority=PRIORITY),
        customer=notice.ticket.customer,
        dedupe_key=notice.key,
    )


def _is_windowed(new: NewMessage) -> bool:
    return registry.get(new.channel).is_windowed(_content(new))


def _suits(new: NewMessage, channel: str) -> bool:
    """Whether the same words can go on over `channel`, should the first one fail."""
    try:
        registry.get(channel).compose(_content(new))
    except AppError:
        return False
    return True


def _content(new: NewMessage) -> Content:
    template = new.template
    assert template is not None
    return Content(template.body_format, template.subject, template.body, template.options)


def _status(ticket: Ticket) -> str:
    if ticket.merged_into_id:
        return f"已合并到 #{ticket.merged_into_id}"
    return str(ticket.get_status_display())


def _cut(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"
