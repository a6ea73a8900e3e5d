"""What chats add to a customer's profile and timeline (registered from `ready()`)."""

from typing import Any

from django.db.models import Avg, Count, F, Max

from customers.actors import Actor
from customers.models import Customer
from customers.queries.profile import SHOWN, moment, register_part
from customers.queries.timeline import Before, Item, newest, register_source
from customers.queries.timeline_sources import entry_name
from tickets.chat.entries import registry
from tickets.chat.visibility import chats_visible_to
from tickets.history.durations import Seconds
from tickets.models import Chat, ChatEvent, ChatEventKind, EndedBy

# What both sides know of; hand-overs and their notes are the team's.
TOLD = (
    *(ChatEventKind.OPENED, ChatEventKind.ASSIGNED, ChatEventKind.ENDED, ChatEventKind.REOPENED),
    *(ChatEventKind.RATED, ChatEventKind.TICKETED),
)
_ENDED_BY = dict(EndedBy.choices)


def register() -> None:
    register_part("chats", recent_chats)
    register_part("chat_summary", summary)
    register_source("chat", chat_events, label="会话", page="tickets_chat")


def recent_chats(customer: Customer, actor: Actor) -> list[dict[str, Any]]:
    """The latest few."""
    rows = chats_visible_to(actor).filter(customer=customer).select_related("agent")
    return [_chat(row) for row in rows.order_by("-id")[:SHOWN]]


def summary(customer: Customer, actor: Actor) -> dict[str, Any]:
    """How many, when the last, how they were rated, how long the first answers took on average."""
    found = (
        chats_visible_to(actor)
        .filter(customer=customer)
        .order_by()
        .aggregate(
            total=Count("pk"),
            last_at=Max("created_at"),
            rated=Count("rating_score"),
            average_score=Avg("rating_score"),
            average_first_reply_seconds=Avg(
                Seconds(F("first_replied_at") - F("first_assigned_at"))
            ),
        )
    )
    return {**found, "last_at": moment(found["last_at"])}


def _chat(row: Chat) -> dict[str, Any]:
    return {
        "id": row.pk,
        "status": row.status,
        "status_name": row.get_status_display(),
        "entry": row.entry,
        "entry_label": registry.label(row.entry),
        "agent_name": row.agent.display_name if row.agent else "",
        "messages": row.last_number,
        "rating": row.rating_score,
        "ticket_id": row.ticket_id,
        "created_at": moment(row.created_at),
        "ended_at": moment(row.ended_at),
    }


def chat_events(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    """Whoever sees the customer sees that there was a chat."""
    rows = ChatEvent.objects.filter(chat__customer_id=customer_id, kind__in=TOLD)
    return [_event(row) for row in newest(rows.select_related("chat"), before, limit)]


def _event(row: ChatEvent) -> Item:
    return Item(
        pk=row.pk,
        at=row.created_at,
        title=f"{registry.label(row.chat.entry)}会话 #{row.chat_id} · {row.get_kind_display()}",
        content=_content(row),
        actor=row.actor_name,
        entry=entry_name(row.door),
        ref_type="chat",
        ref_id=row.chat_id,
        data={"event": row.kind},
    )


def _content(row: ChatEvent) -> str:
    match row.kind:
        case ChatEventKind.ENDED:
            return _ENDED_BY.get(row.to_value, row.to_value)
        case ChatEventKind.RATED if row.chat.rating_score is not None:
            return f"{row.chat.rating_score} 分 {row.chat.rating_comment}".strip()
        case ChatEventKind.ASSIGNED:
            return row.to_value
    return ""
