"""What changed on a ticket since its card, as a follow-up in its group.

A group robot cannot change a card that it has sent (wechat-protocol.md §4.4), so news is a message of
its own. It waits a few seconds and takes in what changes meanwhile; over the minute's share of a
group, several tickets' news become one message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.events.subscribers import first_time
from config.retention import expired, remove_all
from config.runtime import store
from customers.actors import Entry
from messaging.models import Message
from messaging.models.message import WAITING
from tickets.group.speaking import MARKDOWN_BYTES, Voice, body, heard_in, say, voice_of
from tickets.group.wording import is_news, news_text, together
from tickets.models import EventKind, GroupNews, Ticket, TicketEvent

PRIORITY = 6
GATHERING = timedelta(seconds=3)
MINUTE = timedelta(seconds=60)
# What an event that comes late, or was never told, may still bring up.
RECENT = timedelta(minutes=10)
KEPT = timedelta(days=7)
# Kinds that never change what is told: the many of a reminders' run, say, cost a look and no more.
_NEVER = frozenset(
    {
        EventKind.CREATED,
        EventKind.SLA,
        EventKind.REMINDED,
        EventKind.ATTACHED,
        EventKind.LINKED,
        EventKind.RATED,
        EventKind.CHECKED,
    }
)
# Doors whose own answer, or reminder, is heard in the group that the event names.
_ANSWERED = frozenset({Entry.WECOM_GROUP, Entry.SYSTEM})


@dataclass(frozen=True)
class News:
    """What is to be said of a ticket, and which of its versions that covers."""

    ticket: Ticket
    group_id: str
    first_version: int
    text: str


@transaction.atomic
def news_tell(envelope: dict[str, Any]) -> GroupNews | None:
    """The group's news of the event that the envelope announces; None when there is none to tell."""
    data = envelope["data"]
    is_wanted = data["kind"] not in _NEVER and store.get("ticket.group_news")["enabled"]
    if not is_wanted or not first_time("tickets.group", envelope):
        return None
    return _tell_of(data["ticket_id"], data["version"])


def purge_news() -> int:
    """Deletes what nobody asks for any more."""
    return remove_all(expired(GroupNews.objects.all(), "due_at"), timezone.now() - KEPT)


def _tell_of(ticket_id: int, version: int) -> GroupNews | None:
    found = Ticket.objects.select_related("assignee", "customer")
    ticket = found.filter(pk=ticket_id).first()
    voice = voice_of(ticket) if ticket else None
    if ticket is None or voice is None:
        return None
    group_id = heard_in(voice, ticket)
    # One at a time in a group: they count each other, and may share a message.
    transaction_lock(f"tickets.news:{group_id}")
    ticket = found.get(pk=ticket.pk)
    last = GroupNews.objects.filter(ticket=ticket).order_by("-version").first()
    if last is not None and last.version >= version:
        return None  # that which was told covers it
    if last is not None and _waits(last.message_id):
        fuller = _news_since(ticket, last.first_version - 1, version, group_id)
        if fuller is not None and _put_into(last, fuller):
            return last
    news = _news_since(ticket, last.version if last else 0, version, group_id)
    return _tell(news, voice) if news else None


def _news_since(ticket: Ticket, told: int, version: int, group_id: str) -> News | None:
    """What there is to say of the versions after `told`."""
    events = _untold(ticket, told, version, group_id)
    if not events:
        return None
    return News(ticket, group_id, events[0].sequence, news_text(ticket, events))


def _untold(ticket: Ticket, told: int, version: int, group_id: str) -> list[TicketEvent]:
    """What is news and was not heard in the group when it happened, oldest first."""
    own = ticket.events.filter(sequence=version).first()
    if own is None:
        return []
    events = ticket.events.filter(
        sequence__gt=told, sequence__lte=ticket.version, created_at__gte=own.created_at - RECENT
    ).order_by("sequence")
    return [
        event
        for event in events
        if is_news(event) and not (event.chat_id == group_id and event.entry in _ANSWERED)
    ]


def _put_into(last: GroupNews, news: News) -> bool:
    """Says it in the ticket's message that has not left yet; False when it just left, or is full."""
    if not _rewrite(last.message_id, _texts_of(last.message_id, {last.pk: news.text})):
        return False
    last.first_version, last.version = news.first_version, news.ticket.version
    last.text = news.text
    last.save(update_fields=["first_version", "version", "text"])
    return True


def _tell(news: News, voice: Voice) -> GroupNews:
    now = timezone.now()
    due_at = now + GATHERING
    told = _told_lately(news.group_id, now)
    share = store.get_int("ticket.group_news_per_minute")
    if len(told) >= share:
        newest, newest_due = told[0]
        if _rewrite(newest, [*_texts_of(newest), news.text]):
            return _remember(news, newest, newest_due)
        due_at = max(due_at, told[share - 1][1] + MINUTE)
    message = say(
        voice,
        group_id=news.ticket.group_chat_id,
        content=news.text,
        priority=PRIORITY,
        customer_id=news.ticket.customer_id,
        send_at=due_at,
    )
    return _remember(news, message.message_id, due_at)


def _remember(news: News, message_id: str, due_at: datetime) -> GroupNews:
    return GroupNews.objects.create(
        ticket=news.ticket,
        group_id=news.group_id,
        first_version=news.first_version,
        version=news.ticket.version,
        text=news.text,
        message_id=message_id,
        due_at=due_at,
    )


def _told_lately(group_id: str, now: datetime) -> list[tuple[str, datetime]]:
    """The messages of the last minute and of the future, the newest first."""
    rows = GroupNews.objects.filter(group_id=group_id, due_at__gt=now - MINUTE)
    return list(dict(rows.order_by("-due_at", "-pk").values_list("message_id", "due_at")).items())


def _texts_of(message_id: str, instead: dict[int, str] | None = None) -> list[str]:
    rows = GroupNews.objects.filter(message_id=message_id).order_by("pk")
    return [(instead or {}).get(pk, text) for pk, text in rows.values_list("pk", "text")]


def _waits(message_id: str) -> bool:
    return Message.objects.filter(message_id=message_id, status__in=WAITING).exists()


def _rewrite(message_id: str, texts: Sequence[str]) -> bool:
    """Other words for a message that nobody has begun to send; False when it is full, or gone."""
    content = together(texts)
    if len(content.encode()) > MARKDOWN_BYTES:
        return False
    waiting = Message.objects.filter(message_id=message_id, status__in=WAITING)
    return waiting.update(payload=body(content)) == 1
