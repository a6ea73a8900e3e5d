"""Whom a contact way names: its members who may take customers today, by its way of sharing out."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from customers.models import Follower, User
from customers.queries.staff import team_members
from wechat.models import ContactWay, Rotation

# The platform's number for one way.
MOST_MEMBERS = 100


def members_of(way: ContactWay) -> list[User]:
    """Those who could take customers, in a lasting order: who left, or has no WeCom account, cannot."""
    able = team_members().filter(pk__in=way.staff.values("pk"), resigned_at=None)
    return list(able.exclude(wecom_user_id=None).order_by("pk")[:MOST_MEMBERS])


def added_today(
    way: ContactWay, members: Sequence[User], now: datetime | None = None
) -> dict[str, int]:
    """Today's new customers by this way, by the member's WeCom account."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    # By the members: there is an index for a member's customers.
    rows = Follower.objects.filter(
        wecom_user_id__in=[member.wecom_user_id for member in members],
        state=way.state,
        added_at__gte=midnight,
    )
    counted = rows.order_by().values_list("wecom_user_id").annotate(count=Count("pk"))
    return dict(counted)


def taking(way: ContactWay, members: Sequence[User], counts: dict[str, int]) -> list[User]:
    """Those under the daily limit; everybody when nobody is, since a printed code must not die."""
    if not way.daily_limit:
        return list(members)
    under = [one for one in members if counts.get(str(one.wecom_user_id), 0) < way.daily_limit]
    return under or list(members)


def next_members(way: ContactWay, *, is_after_one: bool) -> list[User]:
    """Whom the code is to name now; `is_after_one`: somebody has just had a customer by it.

    Empty when nobody can take customers.
    """
    members = members_of(way)
    counts = added_today(way, members)
    able = taking(way, members, counts)
    if way.rotation == Rotation.ALL or not able:
        return able
    if way.rotation == Rotation.LEAST:
        return [min(able, key=lambda one: (counts.get(str(one.wecom_user_id), 0), one.pk))]
    current = way.current_id or 0
    if not is_after_one and any(one.pk == current for one in able):
        return [one for one in able if one.pk == current]
    later = [one for one in able if one.pk > current]
    return [(later or able)[0]]
