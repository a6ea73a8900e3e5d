"""Coming, going, being heard. Others learn of it by the event `agent.presence`."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from config.errors import InvalidInputError
from config.events.publish import hold_order, publish
from customers.models import User
from tickets.models import AgentPresence, PresenceStatus
from tickets.presence.standing import (
    ANNOUNCED_AWAY,
    announced_status,
    chosen_status,
    effective_status,
    heard_since,
)

LONGEST_HOLD = timedelta(hours=24)
# A page that is loaded anew closes its socket and opens another, and a second page may be heard by
# another process (every 20 s): neither is anybody leaving.
RELOAD = timedelta(seconds=25)
SWEPT_AT_ONCE = 500


@transaction.atomic
def presence_set(
    *, user: User, status: str, holds_for: timedelta | None, now: datetime | None = None
) -> AgentPresence:
    """What `user` chose; it counts while a page of theirs is heard, and without one for `holds_for`.

    Raises `InvalidInputError` for an unknown status, a bad duration, and who is not on the team.
    """
    now = now or timezone.now()
    if not user.is_team_member:
        raise InvalidInputError("只有在职员工有在线状态", code="not_staff", attr="user")
    if status not in PresenceStatus:
        raise InvalidInputError(f"没有名为 {status} 的在线状态", attr="status")
    if holds_for is not None and not timedelta() < holds_for <= LONGEST_HOLD:
        raise InvalidInputError("保持时长必须是 1 分钟到 24 小时", attr="hold_minutes")
    presence = _locked(user)
    told = announced_status(presence)
    presence.status = PresenceStatus(status)
    presence.seen_at = now
    is_held = holds_for is not None and status != PresenceStatus.OFFLINE
    presence.holds_until = now + holds_for if holds_for is not None and is_held else None
    _save(presence, told, now)
    return presence


def presence_seen(*, user: User, now: datetime | None = None) -> None:
    """A heartbeat of one of the user's pages. Who was lost only for a while is back as they were."""
    now = now or timezone.now()
    # The usual case, many times a minute for everybody: one statement and no lock before it.
    if AgentPresence.objects.filter(user=user).exclude(ANNOUNCED_AWAY).update(seen_at=now):
        return
    with transaction.atomic():
        _return(user, now)


def _return(user: User, now: datetime) -> None:
    presence = _held(user)
    if presence is None or not user.is_team_member:
        return  # who never chose anything is not there
    told = announced_status(presence)
    presence.status = chosen_status(presence, now)
    presence.seen_at = now
    _save(presence, told, now)


def presence_lost(*, user: User, now: datetime | None = None) -> None:
    """The last page of `user` has closed: unless one opens at once, they are gone."""
    now = now or timezone.now()
    last = heard_since(now) + RELOAD
    # Customers wait for whoever takes chats: a hold ends with the page that was there meanwhile.
    AgentPresence.objects.filter(
        user=user, user__chat_agent__isnull=False, seen_at__isnull=False, holds_until__isnull=False
    ).update(holds_until=None)
    AgentPresence.objects.filter(user=user, seen_at__gt=last).update(seen_at=last)


@transaction.atomic
def presences_sweep(now: datetime | None = None) -> int:
    """Announces those who are no longer heard as offline; returns how many."""
    now = now or timezone.now()
    is_unheard = Q(seen_at__lt=heard_since(now)) | Q(seen_at__isnull=True)
    is_unheld = Q(holds_until__lte=now) | Q(holds_until__isnull=True)
    silent = AgentPresence.objects.filter(is_unheard, is_unheld).exclude(ANNOUNCED_AWAY)
    if connection.vendor == "postgresql":
        silent = silent.select_for_update(of=("self",), no_key=True, skip_locked=True)
    gone = list(silent.select_related("user").order_by("pk")[:SWEPT_AT_ONCE])
    # One by one they would meet another's many, such as those of a reminders' run, in a circle.
    hold_order({_order_key(presence) for presence in gone})
    for presence in gone:
        told = announced_status(presence)
        presence.seen_at = presence.holds_until = None
        _save(presence, told, now)
    return len(gone)


def _locked(user: User) -> AgentPresence:
    AgentPresence.objects.get_or_create(user=user)
    presence = _held(user)
    assert presence is not None
    return presence


def _held(user: User) -> AgentPresence | None:
    rows = AgentPresence.objects.filter(user=user)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.first()


def _save(presence: AgentPresence, told: PresenceStatus, now: datetime) -> None:
    """Saves the row; when what others see has changed, they are told."""
    status = effective_status(presence, now)
    if status != told:
        presence.changed_at = now
    presence.save()
    if status != told:
        publish(
            "agent.presence",
            {"user_id": presence.user_id, "status": status.value, "previous": told.value},
            key=_order_key(presence),
        )


def _order_key(presence: AgentPresence) -> str:
    return f"agent:{presence.user_id}"
