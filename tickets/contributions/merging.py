"""What tickets move when two customers become one (`customers.merging`)."""

from collections.abc import Collection

from customers.actors import Actor
from customers.merging import register_part
from customers.merging.own import rows_of
from customers.models import Customer
from tickets.actions.trail import EventParts, lock_all, record_many
from tickets.models import AssistantSession, AssistantTurn, EventKind, Ticket, TicketDraft


def register() -> None:
    """Called from `TicketsConfig.ready()`."""
    register_part("drafts", rows_of(TicketDraft))
    register_part("assistant_sessions", rows_of(AssistantSession))
    register_part("assistant_turns", rows_of(AssistantTurn), label="助手记录")
    register_part("tickets", _move, label="工单", hold=_hold)


def _hold(customer_ids: Collection[int]) -> None:
    lock_all(Ticket.objects.filter(customer__in=customer_ids))


def _move(keep: Customer, gone: Customer, actor: Actor) -> int:
    """Each ticket's trail says whose it was."""
    tickets = lock_all(Ticket.objects.filter(customer=gone))
    words: EventParts = {
        "content": f"客户资料合并：{gone.name}（{gone.pk}）→ {keep.name}（{keep.pk}）",
    }
    for ticket in tickets:
        ticket.customer = keep
    parts = {ticket.pk: words for ticket in tickets}
    record_many(tickets, actor, EventKind.EDITED, parts, saved={"customer": keep})
    return len(tickets)
