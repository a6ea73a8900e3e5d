"""What has happened since a number, and who is told what of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Min, Q

from config.sockets.frames import frame
from tickets.chat.live import feed
from tickets.chat.live.audience import Audience, Pages, audience_of, told_to
from tickets.chat.live.frames import STATES, Frames
from tickets.models import ChatFeedEntry

AT_ONCE = 500
# Who missed more than this had better load their page again.
REPLAYED = 500
SEARCHED = 50_000
RELOAD = frame("reload")


@dataclass(frozen=True)
class Told:
    """One entry: the frames of both sides, and who gets them.

    `users` are told on all their pages, `watchers` on those that have the chat open, `losers` that
    it is gone. The customer's frame is for `customer_id` alone.
    """

    chat_id: int
    customer_id: int
    team: str | None
    customer: str | None
    is_state: bool
    # For whoever waits at the queue's socket.
    assigned: str | None = None
    users: frozenset[int] = frozenset()
    watchers: frozenset[int] = frozenset()
    losers: frozenset[int] = frozenset()
    gone: str = ""


@dataclass(frozen=True)
class News:
    """Everything up to `seq`."""

    seq: int
    told: list[Told] = field(default_factory=list)
    # There may be more already.
    is_full: bool = False


def begin() -> int:
    """Where whoever starts to follow now stands."""
    feed.number_new()
    return feed.current_seq()


def news_after(seq: int, pages: Pages, customers: Mapping[int, Collection[int]]) -> News:
    """At most `AT_ONCE` entries; with nothing new it costs two small queries.

    `customers` says for each chat which customers have it open.
    """
    feed.number_new()
    entries = feed.entries_after(seq, AT_ONCE)
    if not entries:
        return News(seq)
    frames = Frames(entries)
    audience = audience_of(frames, pages)
    told = [
        _told(entry, audience, has_customer=entry.chat_id in customers)
        for entry in entries
        if entry.chat_id in frames.chats
    ]
    return News(entries[-1].seq or seq, told, is_full=len(entries) == AT_ONCE)


def _told(entry: ChatFeedEntry, audience: Audience, *, has_customer: bool) -> Told:
    frames, chat = audience.frames, audience.frames.chats[entry.chat_id]
    users, watchers = audience.hearers(entry), audience.watchers(entry)
    losers = audience.losers(entry)
    return Told(
        chat_id=chat.pk,
        customer_id=chat.customer_id,
        team=frames.of(entry, "team") if users or watchers else None,
        customer=frames.of(entry, "customer") if has_customer else None,
        is_state=entry.kind in STATES,
        assigned=frames.of(entry, "customer") if entry.kind == "chat.assigned" else None,
        users=frozenset(users),
        watchers=frozenset(watchers),
        losers=frozenset(losers),
        gone=frame("chat.gone", seq=entry.seq, chat_id=chat.pk) if losers else "",
    )


def missed_by_colleague(user: int, *, since: int, until: int) -> list[str] | None:
    """The frames that a page lacks which has seen all up to `since`; None when it must reload."""
    entries = _missed(since, until, told_to(user))
    if not entries:
        return None if entries is None else []
    audience = audience_of(Frames(entries), {user: []})
    found = []
    for entry in entries:
        if entry.chat_id not in audience.frames.chats:
            continue
        told = _told(entry, audience, has_customer=False)
        encoded = told.team if user in told.users else None
        found += [encoded] if encoded else []
        found += [told.gone] if user in told.losers else []
    return found


def missed_by_customer(
    customer_id: int, chat_id: int, *, since: int, until: int
) -> list[str] | None:
    """`missed_by_colleague` for the customer's page of one chat."""
    entries = _missed(since, until, Q(chat=chat_id))
    if not entries:
        return None if entries is None else []
    frames = Frames(entries)
    chat = frames.chats.get(chat_id)
    if chat is None or chat.customer_id != customer_id:
        return []
    return [encoded for entry in entries if (encoded := frames.of(entry, "customer"))]


def _missed(since: int, until: int, of: Q) -> list[ChatFeedEntry] | None:
    oldest = ChatFeedEntry.objects.aggregate(oldest=Min("seq"))["oldest"] or 0
    if since > until or since < oldest - 1 or until - since > SEARCHED:
        return None
    found = ChatFeedEntry.objects.filter(of, seq__gt=since, seq__lte=until).order_by("seq")
    entries = list(found[: REPLAYED + 1])
    return None if len(entries) > REPLAYED else entries
