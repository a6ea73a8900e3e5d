"""Open tickets go along when their customer is handed over."""

from collections import Counter
from collections.abc import Collection

from django.db.models import QuerySet

from customers.actions.handover import register_mover
from customers.actors import Actor
from customers.models import User
from tickets import states
from tickets.actions import ticket_assign
from tickets.models import Ticket

# How the notes of tickets that went along begin.
NOTE = "随客户移交"


def register() -> None:
    """Called from `TicketsConfig.ready()`."""
    register_mover("tickets", _move, rows=_open, label="工单")


def _open(customer_ids: Collection[int], user: User) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        customer_id__in=customer_ids, assignee=user, status__in=states.OPEN
    )


def _move(
    customer_ids: Collection[int], from_user: User, to_user: User, actor: Actor
) -> dict[int, int]:
    """One by one, as if somebody assigned them: each ticket's trail says so."""
    moved: Counter[int] = Counter()
    found = _open(customer_ids, from_user).order_by("pk").values_list("pk", "customer_id")
    for ticket_id, customer_id in list(found):
        ticket_assign(
            ticket_id=ticket_id,
            assignee=to_user,
            actor=actor,
            note=f"{NOTE}：{from_user.display_name} → {to_user.display_name}",
        )
        moved[customer_id] += 1
    return dict(moved)
