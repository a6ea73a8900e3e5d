"""What tickets add to a customer's profile and timeline (registered from `ready()`)."""

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from customers.queries.profile import SHOWN, moment, register_part
from customers.queries.timeline import Before, Item, newest, register_source
from customers.queries.timeline_sources import entry_name
from tickets.models import Ticket, TicketEvent
from tickets.states import FINISHED, OPEN, TicketStatus
from tickets.visibility import tickets_visible_to

STATES = dict(TicketStatus.choices)


def register() -> None:
    register_part("tickets", tickets_of)
    register_source("ticket", ticket_events, label="工单", page="tickets_ticket")


def tickets_of(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Counts and the latest; open ones come first."""
    rows = tickets_visible_to(actor).filter(customer=customer)
    counts = rows.order_by().aggregate(
        total=Count("id"),
        open=Count("id", filter=Q(status__in=OPEN)),
        overdue=Count("id", filter=Q(status__in=OPEN, deadline__lt=timezone.now())),
        resolved=Count("id", filter=Q(status__in=FINISHED - {TicketStatus.CANCELLED})),
    )
    recent = rows.select_related("assignee").order_by("-id")[:SHOWN]
    return {**counts, "recent": [_ticket(row) for row in recent]}


def _ticket(row: Ticket) -> dict[str, Any]:
    return {
        "id": row.pk,
        "title": row.title,
        "status": row.status,
        "status_name": row.get_status_display(),
        "priority": row.priority,
        "progress": row.progress,
        "overdue": row.overdue,
        "assigned_to": row.assigned_to,
        "assigned_to_name": row.assigned_to_name,
        "deadline": moment(row.deadline),
        "created_at": moment(row.created_at),
    }


def ticket_events(customer_id: int, before: Before | None, limit: int, actor: Actor) -> list[Item]:
    """Whoever sees the customer sees the tickets, and the team also what is internal."""
    rows = TicketEvent.objects.filter(ticket__customer_id=customer_id).select_related("ticket")
    return [_event(row) for row in newest(rows, before, limit)]


def _event(row: TicketEvent) -> Item:
    return Item(
        pk=row.pk,
        at=row.created_at,
        title=f"工单 #{row.ticket_id} {row.ticket.title} · {row.get_kind_display()}",
        content=row.content or _change(row),
        actor=row.actor_name,
        entry=entry_name(row.entry),
        ref_type="ticket",
        ref_id=row.ticket_id,
        data={"event": row.kind, "visibility": row.visibility, "changes": row.changes},
    )


def _change(row: TicketEvent) -> str:
    if not (row.from_value or row.to_value):
        return ""
    old, new = (STATES.get(value, value) or "—" for value in (row.from_value, row.to_value))
    return f"{old} → {new}"
