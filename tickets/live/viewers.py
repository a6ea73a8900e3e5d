"""Who looks at which ticket now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from django.utils import timezone

from customers.actors import Entry, actor_for
from customers.queries.staff import team_members
from tickets.models import TicketViewer
from tickets.visibility import tickets_visible_to

# Their page says so again every 15 seconds.
FADES_AFTER = timedelta(seconds=30)


class Viewer(TypedDict):
    id: int
    name: str


@dataclass(frozen=True)
class Look:
    """A colleague opened a ticket's page, or, with None, left it."""

    user_id: int
    ticket_id: int | None


def looks_kept(looks: Collection[Look]) -> set[Look]:
    """Writes down who looks; returns the looks at tickets that the colleague may see."""
    users = team_members().in_bulk({look.user_id for look in looks})
    kept = set()
    for look in looks:
        user = users.get(look.user_id)
        if user is None or look.ticket_id is None:
            continue
        if tickets_visible_to(actor_for(user, Entry.CONSOLE)).filter(pk=look.ticket_id).exists():
            TicketViewer.objects.update_or_create(
                ticket_id=look.ticket_id, user=user, defaults={"seen_at": timezone.now()}
            )
            kept.add(look)
    return kept


def looks_ended(looks: Collection[Look]) -> None:
    for look in looks:
        if look.ticket_id is not None:
            TicketViewer.objects.filter(ticket=look.ticket_id, user=look.user_id).delete()


def viewers_of(tickets: Collection[int]) -> dict[int, list[Viewer]]:
    """For each of `tickets` who looks at it."""
    seen = TicketViewer.objects.filter(
        ticket__in=tickets, seen_at__gt=timezone.now() - FADES_AFTER
    ).select_related("user")
    found: dict[int, list[Viewer]] = {ticket: [] for ticket in tickets}
    for row in seen.order_by("user_id"):
        found[row.ticket_id].append(Viewer(id=row.user_id, name=row.user.display_name))
    return found
