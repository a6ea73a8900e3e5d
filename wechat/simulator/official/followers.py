"""Who follows the Official Account, and when each last wrote: `/sandbox/api/followers`.

Every well-formed openid is a follower who never wrote, except those beginning `oUnknown` (of
another account), `oGone` (unfollowed), `oRefuses` (subscribes to nothing), `oBlocks` (blocked us).
"""

import re
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from wechat.simulator.answers import InvalidRequest, PlatformError, json_object, sandbox_api
from wechat.simulator.models import Delivery, Follower

# He wrote an hour ago, whenever one looks, until a row says otherwise.
ZHANGSAN = "oDemoZhangsan000000000000001"
TALKATIVE = timedelta(hours=1)
WINDOW = timedelta(hours=48)
MESSAGES_IN_WINDOW = 5
# After a tap of the menu, a scan or a follow.
TOUCH_WINDOW = timedelta(minutes=1)
MESSAGES_AFTER_TOUCH = 3
_OPENID = re.compile(r"[A-Za-z0-9_-]{20,64}")


def require(openid: object) -> str:
    """The openid of somebody who follows us; raises 40003 or 43004."""
    if (
        not isinstance(openid, str)
        or not _OPENID.fullmatch(openid)
        or openid.startswith("oUnknown")
    ):
        raise PlatformError(40003, "invalid openid")
    if openid.startswith("oGone") or not is_following(openid):
        raise PlatformError(43004, "require subscribe")
    return openid


def is_openid(value: object) -> bool:
    """Whether it is well formed."""
    return isinstance(value, str) and _OPENID.fullmatch(value) is not None


def is_following(openid: str) -> bool:
    """Until a row says that he left."""
    return not Follower.objects.filter(openid=openid, is_following=False).exists()


def require_window(openid: str) -> None:
    """Raises 45015 where no window is open, 45047 once its messages have gone.

    Five within 48 hours of what he wrote, three within a minute of a tap, a scan or a follow.
    """
    now = timezone.now()
    touched_at = Follower.objects.filter(openid=openid).values_list("touched_at", flat=True).first()
    windows = [
        (last_message_at(openid), WINDOW, MESSAGES_IN_WINDOW),
        (touched_at, TOUCH_WINDOW, MESSAGES_AFTER_TOUCH),
    ]
    open_ones = [(start, most) for start, lasts, most in windows if start and now - start <= lasts]
    if not open_ones:
        raise PlatformError(45015, "response out of time limit or subscription is canceled")
    sent = Delivery.objects.filter(channel="WECHAT", to=openid, payload__msgtype__isnull=False)
    if all(sent.filter(received_at__gt=start).count() >= most for start, most in open_ones):
        raise PlatformError(45047, "out of response count limit")


def last_message_at(openid: str) -> datetime | None:
    """When he last wrote, as far as the platform knows."""
    follower = Follower.objects.filter(openid=openid).first()
    if follower is not None:
        return follower.last_message_at
    return timezone.now() - TALKATIVE if openid == ZHANGSAN else None


@sandbox_api("GET", "POST")
def followers(request: HttpRequest) -> HttpResponse:
    """POST `{openid, last_message_at?}`: he wrote then, now without it, never with null."""
    if request.method == "POST":
        body = json_object(request)
        openid = body.get("openid")
        if not is_openid(openid):
            raise InvalidRequest("openid", "不是有效的 openid")
        wrote_at = _moment(body["last_message_at"]) if "last_message_at" in body else timezone.now()
        Follower.objects.update_or_create(openid=openid, defaults={"last_message_at": wrote_at})
    rows = Follower.objects.order_by("openid").values("openid", "last_message_at")
    return JsonResponse({"list": list(rows)})


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise InvalidRequest("last_message_at", "必须是带时区的时间，或 null")
    return moment
