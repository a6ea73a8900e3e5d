"""Temporary files: `media/upload` of the app, `webhook/upload_media` of the group's robot."""

import secrets
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator.answers import PlatformError, ok, platform
from wechat.simulator.group_robot import require_key
from wechat.simulator.models import Media
from wechat.simulator.tokens import require_token

MIB = 1024 * 1024
SMALLEST_BYTES = 5
LARGEST_BYTES = {"image": 10 * MIB, "voice": 2 * MIB, "video": 10 * MIB, "file": 20 * MIB}
KEPT_DAYS = 3
ROBOT_KINDS = ("file", "voice")


@platform("POST")
def media_upload(request: HttpRequest) -> HttpResponse:
    """`POST media/upload?type=` (wechat-protocol.md §2.1)."""
    require_token(request)
    return _keep(request, owner="app", kinds=tuple(LARGEST_BYTES))


@platform("POST")
def webhook_upload(request: HttpRequest) -> HttpResponse:
    """`POST webhook/upload_media?key=&type=`; what it gives is good for that robot only (§4.4)."""
    require_key(request)
    return _keep(request, owner="robot", kinds=ROBOT_KINDS)


def _keep(request: HttpRequest, *, owner: str, kinds: tuple[str, ...]) -> HttpResponse:
    kind = request.GET.get("type", "")
    if kind not in kinds:
        raise PlatformError(40004, "invalid media type")
    file = request.FILES.get("media")
    if file is None or file.size is None or file.size < SMALLEST_BYTES:
        raise PlatformError(44001, "empty media data")
    if file.size > LARGEST_BYTES[kind]:
        raise PlatformError(40009, "invalid media size")
    now = timezone.now()
    Media.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).delete()
    media = Media.objects.create(
        media_id=secrets.token_urlsafe(24), kind=kind, owner=owner, size=file.size
    )
    return ok(type=kind, media_id=media.media_id, created_at=str(int(now.timestamp())))
