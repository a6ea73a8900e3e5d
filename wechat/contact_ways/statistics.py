"""What a contact way has brought: by member, by day, and who is still there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from customers.models import Follower, FollowerStatus
from wechat.contact_ways.rotation import members_of
from wechat.models import ContactWay

DAYS = 30


def way_statistics(way: ContactWay) -> dict[str, Any]:
    """`members`: name, added, today, still friends; `days`: the last 30, those with nothing too."""
    members = members_of(way)
    names = {str(member.wecom_user_id): member.display_name for member in members}
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Follower.objects.filter(wecom_user_id__in=names, state=way.state).order_by()
    counted: dict[str, Mapping[str, Any]] = {
        row["wecom_user_id"]: row
        for row in rows.values("wecom_user_id").annotate(
            added=Count("pk"),
            today=Count("pk", filter=Q(added_at__gte=midnight)),
            present=Count("pk", filter=Q(status=FollowerStatus.ACTIVE)),
        )
    }
    none = {"added": 0, "today": 0, "present": 0}
    since = midnight - timedelta(days=DAYS - 1)
    by_day = dict(
        rows.filter(added_at__gte=since)
        .annotate(day=TruncDate("added_at"))
        .values_list("day")
        .annotate(count=Count("pk"))
    )
    days = [(since + timedelta(days=number)).date() for number in range(DAYS)]
    return {
        "members": [
            {
                "name": name,
                "is_current": way.current is not None and way.current.wecom_user_id == userid,
                "is_full": bool(way.daily_limit)
                and counted.get(userid, none)["today"] >= way.daily_limit,
                **{key: counted.get(userid, none)[key] for key in none},
            }
            for userid, name in names.items()
        ],
        "days": [{"day": day, "count": by_day.get(day, 0)} for day in days],
        "most": max(by_day.values(), default=0),
    }
