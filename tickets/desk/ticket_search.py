"""Finding tickets by what somebody typed: number, title, description, replies, the customer."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Func, QuerySet, TextField, Value

from customers.actors import Actor
from customers.models import Customer
from customers.search import HasAll, containing
from customers.search import matching as customers_matching
from tickets.models import EventKind, Ticket, TicketEvent, Visibility

_NUMBER = re.compile(r"#\s*(?:ID)?(\d{1,18})", re.IGNORECASE)


class HasAny(HasAll):
    """Whether the first array has anything of the second."""

    arg_joiner = " && "


WORDS_OF_TICKET = ("title", "description")
WORDS_OF_REPLY = ("content",)


def pieces(grams: Sequence[str]) -> Func:
    """An array of pieces, none of which has a line break."""
    joined = Value("\n".join(grams), TextField())
    return Func(joined, template="string_to_array(%(expressions)s::text, chr(10))")


def matching(tickets: QuerySet[Ticket], keyword: str, actor: Actor) -> QuerySet[Ticket]:
    """Those of `tickets` with `keyword` in them, or of a customer found by it; empty finds all.

    `#12` is the ticket of that number. Customers do not find by what is internal. On PostgreSQL the
    indexes find who has all its two- and three-letter grams, and only those rows are read.
    """
    words = keyword.strip().replace("\x00", "")
    if not words:
        return tickets
    if number := _NUMBER.fullmatch(words):
        return tickets.filter(pk=int(number[1]))
    found: QuerySet[Any] = _with(Ticket.objects.all(), words, WORDS_OF_TICKET).values("pk")
    # One letter alone has no gram: the replies, which are many, are not read for it.
    if len(words) > 1:
        replies = TicketEvent.objects.filter(kind=EventKind.REPLY)
        if not actor.is_team:
            replies = replies.filter(visibility=Visibility.PUBLIC)
        found = found.union(_with(replies, words, WORDS_OF_REPLY).values("ticket_id"))
    customers = Customer.objects.all()
    theirs = (
        customers_matching(customers, words)
        if actor.is_team
        else customers.filter(name__icontains=words)
    )
    found = found.union(Ticket.objects.filter(customer__in=theirs.values("pk")).values("pk"))
    return tickets.filter(pk__in=found)


def _with(rows: QuerySet[Any], words: str, columns: Sequence[str]) -> QuerySet[Any]:
    """Without an order, which a part of a union cannot have."""
    return containing(rows.order_by(), words, columns)
