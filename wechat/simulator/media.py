"""Temporary files: `media/upload` and `media/get` of the app, `webhook/upload_media` of the robot."""

import mimetypes
import secrets
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

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
    media = keep_media(kind, owner, file.read(), file.name or "")
    moment = str(int(media.created_at.timestamp()))
    return ok(type=kind, media_id=media.media_id, created_at=moment)


def keep_media(kind: str, owner: str, content: bytes, filename: str) -> Media:
    """For three days."""
    Media.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    return Media.objects.create(
        media_id=secrets.token_urlsafe(24),
        kind=kind,
        owner=owner,
        size=len(content),
        content=content,
        filename=filename[:100],
    )


@platform("GET")
def media_get(request: HttpRequest) -> HttpResponse:
    """`GET media/get?media_id=`: the file itself, or 40007 (§2.1: for three days)."""
    require_token(request)
    return handed_out(kept_media(request.GET.get("media_id", ""), owner="app"))


def kept_media(media_id: str, owner: str) -> Media:
    """Raises 40007."""
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    media = Media.objects.filter(media_id=media_id, owner=owner, created_at__gte=since).first()
    if media is None:
        raise PlatformError(40007, "invalid media_id")
    return media


def handed_out(media: Media) -> HttpResponse:
    """The file itself, under its name."""
    kind = mimetypes.guess_type(media.filename)[0] or "application/octet-stream"
    disposition = content_disposition_header(as_attachment=True, filename=media.filename) or ""
    return HttpResponse(
        bytes(media.content),
        content_type=kind,
        headers={"Content-Disposition": disposition},
    )
