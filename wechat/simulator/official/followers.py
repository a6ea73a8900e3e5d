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
_OPENID = re.compile(r"[A-Za-z0-9_-]{20,64}")


def require(openid: object) -> str:
    """The openid of somebody who follows us; raises 40003 or 43004."""
    if (
        not isinstance(openid, str)
        or not _OPENID.fullmatch(openid)
        or openid.startswith("oUnknown")
    ):
        raise PlatformError(40003, "invalid openid")
    if openid.startswith("oGone"):
        raise PlatformError(43004, "require subscribe")
    return openid


def require_window(openid: str) -> None:
    """Raises 45015 beyond 48 hours of silence, 45047 once five messages have gone."""
    wrote_at = _last_message_at(openid)
    if wrote_at is None or timezone.now() - wrote_at > WINDOW:
        raise PlatformError(45015, "response out of time limit or subscription is canceled")
    sent = Delivery.objects.filter(
        channel="WECHAT", to=openid, received_at__gt=wrote_at, payload__msgtype__isnull=False
    )
    if sent.count() >= MESSAGES_IN_WINDOW:
        raise PlatformError(45047, "out of response count limit")


def _last_message_at(openid: str) -> datetime | None:
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
        if not isinstance(openid, str) or not _OPENID.fullmatch(openid):
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
