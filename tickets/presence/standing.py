"""What a presence row means at a moment.

The status is what the person chose. It counts while a page of theirs was heard within the grace
period, or until `holds_until`. The sweep empties both times of those who are no longer heard:
whoever has neither has been announced as offline.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from config.runtime import store
from tickets.models import AgentPresence, PresenceStatus

ANNOUNCED_AWAY = Q(seen_at__isnull=True, holds_until__isnull=True)


def heard_since(now: datetime) -> datetime:
    """Whose page was heard at this moment or later is still there."""
    return now - timedelta(seconds=store.get_int("presence.grace_seconds"))


def counts(now: datetime) -> Q:
    """The rows whose chosen status is in force."""
    return Q(seen_at__gte=heard_since(now)) | Q(holds_until__gt=now)


def effective_status(presence: AgentPresence | None, now: datetime) -> PresenceStatus:
    """Online, busy or offline, as things are at `now`."""
    if presence is None:
        return PresenceStatus.OFFLINE
    is_heard = presence.seen_at is not None and presence.seen_at >= heard_since(now)
    is_held = presence.holds_until is not None and presence.holds_until > now
    return PresenceStatus(presence.status) if is_heard or is_held else PresenceStatus.OFFLINE


def chosen_status(presence: AgentPresence, now: datetime) -> PresenceStatus:
    """What counts as soon as a page is heard: a choice is forgotten by who was away for long."""
    is_away = presence.seen_at is None and presence.holds_until is None
    remembered = timedelta(minutes=store.get_int("presence.resume_minutes"))
    if is_away and now - presence.changed_at > remembered:
        return PresenceStatus.OFFLINE
    return PresenceStatus(presence.status)


def announced_status(presence: AgentPresence) -> PresenceStatus:
    """What the others have been told last; it lags behind until the sweep."""
    if presence.seen_at is None and presence.holds_until is None:
        return PresenceStatus.OFFLINE
    return PresenceStatus(presence.status)
