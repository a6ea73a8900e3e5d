"""What tickets hold of a person; their number, states and times stay for the statistics."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import scrub
from customers.personal_data.subject import Subject
from tickets.models import (
    DispatchDecision,
    GroupNews,
    Ticket,
    TicketAttachment,
    TicketDraft,
    TicketEvent,
    TicketRating,
    Visibility,
)

GONE = "（已删除）"


def register() -> None:
    tables = {
        *(Ticket, TicketEvent, TicketAttachment, TicketRating, TicketDraft, DispatchDecision),
        GroupNews,
    }
    personal_data.register("tickets", _collect, _erase, tables=tables)


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    """With their trail; what colleagues wrote for themselves is the team's."""
    tickets = Ticket.objects.filter(customer=customer).order_by("pk")
    events = TicketEvent.objects.filter(ticket__customer=customer).order_by("ticket", "sequence")
    files = TicketAttachment.objects.filter(ticket__customer=customer).order_by("pk")
    if not actor.is_team:
        events = events.filter(visibility=Visibility.PUBLIC)
        files = files.filter(visibility=Visibility.PUBLIC)
    ratings = TicketRating.objects.filter(ticket__customer=customer).order_by("pk")
    return {
        "tickets": list(
            tickets.values(
                *("id", "title", "description", "product", "status", "priority", "created_at"),
                "resolved_at",
            )
        ),
        "ticket_events": list(
            events.values(
                *("ticket_id", "kind", "from_value", "to_value", "content", "actor_name"),
                "created_at",
            )
        ),
        "ticket_attachments": list(
            files.values("ticket_id", "name", "content_type", "size", "uploader_name", "created_at")
        ),
        "ticket_ratings": list(ratings.values("ticket_id", "score", "comment", "created_at")),
    }


def _erase(customer: Customer, subject: Subject) -> None:
    tickets = Ticket.objects.filter(customer=customer)
    tickets.update(title=GONE, description=GONE, custom_fields={})
    events = TicketEvent.objects.filter(ticket__customer=customer)
    events.update(content="", changes={}, before={})
    TicketRating.objects.filter(ticket__customer=customer).update(comment="")
    TicketDraft.objects.filter(customer=customer).delete()
    # Their messages are erased with the other messages.
    GroupNews.objects.filter(ticket__customer=customer).delete()
    _erase_files(customer)
    scrub(events, subject, (*subject.marks, subject.name), "from_value", "to_value")
    own = Q(actor=None, actor_name=subject.name, ticket__customer=customer)
    if subject.login_id is not None:
        own |= Q(actor=subject.login_id)
    TicketEvent.objects.filter(own).update(actor_name=subject.pseudonym)
    scrub(Ticket.objects.all(), subject, subject.marks, "title", "description")
    scrub(TicketEvent.objects.all(), subject, subject.marks, "content", "changes", "before")
    scrub(TicketRating.objects.all(), subject, subject.marks, "comment")
    scrub(GroupNews.objects.all(), subject, subject.marks, "text")
    scrub(TicketDraft.objects.all(), subject, subject.marks, "key", "fields")
    scrub(TicketAttachment.objects.all(), subject, subject.marks, "name", "uploader_name")
    scrub(DispatchDecision.objects.all(), subject, subject.marks, "reason", "candidates")


def _erase_files(customer: Customer) -> None:
    """Rows at once; the files once that is certain."""
    files = TicketAttachment.objects.filter(ticket__customer=customer)
    stored = [(row.file.storage, row.file.name) for row in files if row.file.name]
    files.delete()
    for storage, name in stored:
        transaction.on_commit(partial(storage.delete, name))
