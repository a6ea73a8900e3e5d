"""The feed: one numbered row for every change of a ticket, for whoever follows along."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from config.database.locks import transaction_lock
from config.events.subscribers import first_time
from tickets.models import TicketFeedEntry, TicketViewer

KEPT = timedelta(days=7)


@transaction.atomic
def note(ticket_id: int, version: int, kind: str) -> TicketFeedEntry:
    """Tells the staff pages that a ticket has changed.

    Numbers are drawn under a lock that is held until commit: who has seen number 7 will never be
    shown a 6 afterwards, so a page that asks for what came after 7 misses nothing.
    """
    transaction_lock("tickets.feed")
    return TicketFeedEntry.objects.create(ticket_id=ticket_id, version=version, kind=kind)


@transaction.atomic
def note_event(envelope: dict[str, Any]) -> None:
    """`note` for a `ticket.#` event, once however often it is delivered."""
    data = envelope["data"]
    if "version" in data and first_time("tickets.live", envelope):
        note(data["ticket_id"], data["version"], data["kind"])


def current_seq() -> int:
    """The newest number; 0 before the first change."""
    return TicketFeedEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0


def purge() -> int:
    """Deletes what nobody will ask for any more; returns how many entries of the feed.

    The newest stays whatever its age: the current number never falls back.
    """
    now = timezone.now()
    TicketViewer.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()
    old = TicketFeedEntry.objects.filter(created_at__lt=now - KEPT, pk__lt=current_seq())
    return old.delete()[0]
