"""What has happened since a number, told to each colleague as far as they may see it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cache

from django.db.models import Min

from config.sockets.frames import frame
from customers.actors import Actor, Entry, actor_for, system_actor
from customers.queries.staff import team_members
from tickets.api.tickets.serializers import TicketSerializer
from tickets.models import Ticket, TicketEvent, TicketFeedEntry
from tickets.queries.tickets import tickets_for
from tickets.visibility import tickets_visible_to

AT_ONCE = 500
# A page that missed more than this many changes had better load itself again.
REPLAYED = 500


@dataclass(frozen=True)
class News:
    """Everything up to `seq`: for each user's key their frames, in the order of their numbers."""

    seq: int
    frames: dict[int, list[str]] = field(default_factory=dict)


def news_after(seq: int, users: Collection[int]) -> News:
    """At most `AT_ONCE` entries at a time; with nothing new it costs one query."""
    entries = list(TicketFeedEntry.objects.filter(pk__gt=seq).order_by("pk")[:AT_ONCE])
    if not entries:
        return News(seq)
    return News(entries[-1].pk, _told(entries, users))


def missed_by(user: int, *, since: int, until: int) -> list[str] | None:
    """The frames that a page lacks which has seen all up to `since`; None when it must reload."""
    oldest = TicketFeedEntry.objects.aggregate(oldest=Min("pk"))["oldest"] or 0
    if since > until or (since < oldest - 1):
        return None
    entries = list(
        TicketFeedEntry.objects.filter(pk__gt=since, pk__lte=until).order_by("pk")[: REPLAYED + 1]
    )
    if len(entries) > REPLAYED:
        return None
    return _told(entries, [user]).get(user, []) if entries else []


def standing(users: Collection[int]) -> set[int]:
    """Those of `users` who still belong to the team."""
    return set(team_members().filter(pk__in=users).values_list("pk", flat=True))


def _told(entries: list[TicketFeedEntry], users: Collection[int]) -> dict[int, list[str]]:
    """Several changes of one ticket are one frame with its present state, under the last number."""
    latest = {entry.ticket_id: entry for entry in entries}
    tickets = tickets_for(system_actor()).in_bulk(list(latest))

    @cache
    def updated(ticket_id: int) -> str:
        entry = latest[ticket_id]
        return frame(
            "ticket.updated",
            seq=entry.pk,
            kind=entry.kind,
            ticket=TicketSerializer(tickets[ticket_id]).data,
        )

    losses = _losses(entries)
    told: dict[int, list[str]] = {}
    for user in team_members().filter(pk__in=users):
        actor = actor_for(user, Entry.CONSOLE)
        visible = _visible(actor, tickets)
        numbered = [(latest[pk].pk, updated(pk)) for pk in visible]
        numbered += [
            (seq, frame("ticket.gone", seq=seq, id=pk))
            for pk, seq in _gone(actor, losses.get(user.pk, {})).items()
        ]
        if numbered:
            told[user.pk] = [encoded for _, encoded in sorted(numbered)]
    return told


def _visible(actor: Actor, tickets: dict[int, Ticket]) -> Iterable[int]:
    if actor.sees_all:
        return tickets
    return tickets_visible_to(actor).filter(pk__in=list(tickets)).values_list("pk", flat=True)


def _losses(entries: list[TicketFeedEntry]) -> dict[int, dict[int, int]]:
    """From whom these changes took a ticket: user → customer → number of the change."""
    numbers = {(entry.ticket_id, entry.version): entry.pk for entry in entries}
    taken = TicketEvent.objects.filter(
        ticket__in={ticket for ticket, _ in numbers},
        sequence__in={version for _, version in numbers},
        before__has_key="assignee_id",
    ).values_list("ticket_id", "sequence", "before", "ticket__customer_id")
    losses: dict[int, dict[int, int]] = {}
    for ticket, version, before, customer in taken:
        seq = numbers.get((ticket, version))
        if seq is not None and before["assignee_id"] is not None:
            losses.setdefault(before["assignee_id"], {})[customer] = seq
    return losses


def _gone(actor: Actor, lost: dict[int, int]) -> dict[int, int]:
    """Who had a ticket saw all of that customer's: those that they no longer see, with a number."""
    if not lost or actor.sees_all:
        return {}
    theirs = Ticket.objects.filter(customer__in=list(lost))
    gone = theirs.exclude(pk__in=tickets_visible_to(actor).values("pk")).order_by("-pk")
    return {pk: lost[customer] for pk, customer in gone.values_list("pk", "customer_id")[:AT_ONCE]}
