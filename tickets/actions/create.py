"""Making a ticket."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError
from customers.actors import Actor
from customers.models import Customer
from tickets.actions.checks import check_deadline
from tickets.actions.projects import check_project
from tickets.actions.trail import record
from tickets.desk import checklists
from tickets.desk.custom_fields import checked_values
from tickets.group.card import send_new_ticket_card
from tickets.group.speaking import voice_in
from tickets.models import EventKind, Priority, Ticket, Visibility
from tickets.sla import clock
from tickets.states import TicketStatus

TITLE_LENGTH = 200


@transaction.atomic
def ticket_create(
    *,
    customer: Customer,
    description: str,
    actor: Actor,
    title: str = "",
    product: str = "",
    priority: str = Priority.NORMAL,
    deadline: datetime | None = None,
    project_id: int | None = None,
    custom_fields: dict[str, Any] | None = None,
    is_told: bool = True,
) -> Ticket:
    """A pending ticket, its first event, and its card on the way to the group (seed 001, scene 1).

    Without `title` the first line of the description serves; without `deadline` the service level
    that fits counts, else the runtime setting `ticket.default_deadline_hours`. Doors that know no
    custom fields give None, and none is required of them; what is for show only is not told to the
    group (`is_told`). The caller has made sure that the actor may see `customer`. Raises
    `InvalidInputError`.
    """
    description = description.strip()
    if not description:
        raise InvalidInputError("问题描述不能为空", attr="description")
    check_project(project_id, customer.pk, actor)
    fields = checked_values(custom_fields) if custom_fields is not None else {}
    now = timezone.now()
    voice = voice_in(actor.chat_id)
    if deadline is not None:
        if deadline <= now:
            raise InvalidInputError("处理期限必须晚于现在", attr="deadline")
        check_deadline(deadline, now)
    ticket = Ticket(
        title=(title.strip() or description.splitlines()[0])[:TITLE_LENGTH],
        description=description,
        product=product.strip(),
        customer=customer,
        project_id=project_id,
        status=TicketStatus.PENDING,
        priority=priority,
        deadline=deadline or now,
        entry=actor.entry,
        group_chat_id=actor.chat_id or (voice.group_id if voice else ""),
        created_by=actor.user,
        custom_fields=fields,
    )
    clock.start(ticket, now, keep_deadline=deadline is not None)
    record(
        ticket,
        actor,
        EventKind.CREATED,
        to_value=TicketStatus.PENDING,
        content=description,
        visibility=Visibility.PUBLIC,
    )
    checklists.checklist_start(ticket)
    card = send_new_ticket_card(ticket, voice) if is_told else None
    if card is not None:
        ticket.group_message_id = card.message_id
        ticket.save(update_fields=["group_message_id"])
    return ticket
