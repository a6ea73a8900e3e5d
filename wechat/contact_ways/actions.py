"""What happens to a contact way here; the platform's copy follows by a job (`writing.py`)."""

from django.db import connection, transaction
from django.db.models import F, Q

from wechat.contact_ways.rotation import added_today, members_of, next_members
from wechat.models import ContactWay, Rotation, SyncJobKind
from wechat.sync.jobs import wish


@transaction.atomic
def way_changed(way_id: int) -> None:
    """Somebody changed it, or wants it written again."""
    ContactWay.objects.filter(pk=way_id).update(version=F("version") + 1)
    wish(SyncJobKind.WRITE_WAY, str(way_id))


def way_took_one(way_id: int) -> None:
    """A customer came by it: counted, and the next one is another member's. In the caller's transaction."""
    way = held(way_id)
    if way is None:
        return
    way.added_count = F("added_count") + 1
    way.save(update_fields=["added_count"])
    if way.rotation != Rotation.ALL:
        named = next_members(way, is_after_one=True)
        if named and named[0].pk == way.current_id:
            return
        way.current = named[0] if named else None
        way.save(update_fields=["current"])
    elif not _has_just_filled(way):
        return
    way_changed(way_id)


def _has_just_filled(way: ContactWay) -> bool:
    counts = added_today(way, members_of(way)) if way.daily_limit else {}
    return way.daily_limit in counts.values()


@transaction.atomic
def ways_turn_day() -> int:
    """After midnight everybody may take customers again; returns how many ways that concerns."""
    ways = ContactWay.objects.filter(is_active=True, daily_limit__gt=0)
    ids = list(ways.order_by("pk").values_list("pk", flat=True))
    for way_id in ids:
        way_changed(way_id)
    return len(ids)


@transaction.atomic
def ways_forget_member(user_id: int) -> int:
    """A member left the company: no code names them any more."""
    ways = ContactWay.objects.filter(Q(staff=user_id) | Q(current=user_id), is_active=True)
    ids = sorted(set(ways.values_list("pk", flat=True)))
    for way_id in ids:
        way_changed(way_id)
    return len(ids)


def held(way_id: int) -> ContactWay | None:
    """The row until the transaction ends."""
    rows = ContactWay.objects.filter(pk=way_id)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return rows.first()
