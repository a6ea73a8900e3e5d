"""What tickets and customers show in the one search."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from config.whole_number import whole_number
from customers.actors import Actor
from customers.models import Customer
from customers.search import matching as customers_matching
from customers.visibility import customers_visible_to
from tickets.desk.search import Hit, holds, register_source, snippet_of
from tickets.desk.ticket_search import matching
from tickets.models import EventKind, Ticket, TicketEvent, Visibility
from tickets.queries.tickets import tickets_for

# No ticket has a longer number.
_LONGEST_NUMBER = 9
RECENT = 2000


def register() -> None:
    register_source("tickets", "工单", find_tickets)
    register_source("customers", "客户", find_customers)


def find_tickets(words: str, actor: Actor, limit: int) -> Sequence[Hit]:
    """The newest first; the ticket of that number before all."""
    visible = tickets_for(actor)
    found = list(_numbered(visible, words))
    pks = {ticket.pk for ticket in found}
    matched = _among_the_newest(visible, words, limit) or matching(visible, words, actor)[:limit]
    found += [ticket for ticket in matched if ticket.pk not in pks]
    replies = _replies(found, words, actor)
    return [_ticket(ticket, words, replies.get(ticket.pk, "")) for ticket in found[:limit]]


def _among_the_newest(tickets: QuerySet[Ticket], words: str, limit: int) -> list[Ticket]:
    """Enough of them, for a word that so many have that an index is of no help; else nothing."""
    newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = tickets.filter(pk__gt=newest - RECENT)
    found = list(recent.filter(Q(title__icontains=words) | Q(description__icontains=words))[:limit])
    return found if len(found) == limit else []


def _numbered(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    number = whole_number(words, longest=_LONGEST_NUMBER)
    return tickets.none() if number is None else tickets.filter(pk=number)


def _replies(tickets: Sequence[Ticket], words: str, actor: Actor) -> dict[int, str]:
    """A reply with the words, for tickets that have them nowhere else; one query."""
    silent = [
        ticket.pk
        for ticket in tickets
        if not holds(f"{ticket.title}\n{ticket.description}\n{ticket.customer.name}", words)
    ]
    if not silent:
        return {}
    events = TicketEvent.objects.filter(
        ticket__in=silent, kind=EventKind.REPLY, content__icontains=words
    )
    if not actor.is_team:
        events = events.filter(visibility=Visibility.PUBLIC)
    return dict(events.order_by("ticket_id", "sequence").values_list("ticket_id", "content"))


def _ticket(ticket: Ticket, words: str, reply: str) -> Hit:
    texts = {
        "title": ticket.title,
        "description": ticket.description,
        "customer": ticket.customer.name,
        "reply": reply,
    }
    where = next((name for name, text in texts.items() if holds(text, words)), "title")
    return Hit(
        id=ticket.pk,
        title=ticket.title,
        where=where,
        snippet=snippet_of(texts[where], words),
        status=ticket.status,
        note=ticket.customer.name,
    )


def find_customers(words: str, actor: Actor, limit: int) -> Sequence[Hit]:
    """By name, phone, company or remark, within one's view."""
    if not actor.is_team:
        return []
    found = customers_matching(customers_visible_to(actor), words).order_by("-id")[:limit]
    return [_customer(customer, words) for customer in found]


def _customer(customer: Customer, words: str) -> Hit:
    texts = {
        "name": customer.name,
        "phone": customer.phone_display,
        "company": customer.company,
        "remark": customer.remark,
    }
    where = next((name for name, text in texts.items() if holds(text, words)), "phone")
    return Hit(
        id=customer.pk,
        title=customer.name,
        where=where,
        snippet=snippet_of(texts[where], words),
        note=customer.company,
    )
