"""QR codes with a scene (qrcode/create, showqrcode)."""

import secrets
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.html import escape

from wechat.simulator.answers import PlatformError, platform, platform_object, sandbox_api
from wechat.simulator.faults import misbehave
from wechat.simulator.official.models import OfficialCode
from wechat.simulator.official.tokens import require_token

LONGEST_SECONDS = 2_592_000
SHORTEST_SECONDS = 60
SCENE_LENGTH = 64
MOST_PERMANENT = 100_000


@platform("POST")
def qrcode_create(request: HttpRequest) -> HttpResponse:
    """`POST qrcode/create`: QR_STR_SCENE for a while, QR_LIMIT_STR_SCENE for good."""
    require_token(request)
    body = platform_object(request)
    return misbehave("WECHAT", lambda: _create(body))


@sandbox_api("GET")
def showqrcode(request: HttpRequest) -> HttpResponse:
    """A picture that says which scene it is: nobody scans a screen in the sandbox."""
    row = OfficialCode.objects.filter(ticket=request.GET.get("ticket", "")[:128]).first()
    if row is None or (row.expires_at is not None and row.expires_at < timezone.now()):
        return HttpResponse(status=404)
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="200" height="200">'
        '<rect width="200" height="200" fill="#fff"/><g fill="none" stroke="#111" stroke-width="8">'
        '<path d="M20 20h44v44H20zM136 20h44v44h-44zM20 136h44v44H20z"/></g>'
        '<text x="100" y="106" text-anchor="middle" font-size="14" font-family="sans-serif">'
        f"{escape(row.scene)}</text></svg>"
    )
    return HttpResponse(drawn, content_type="image/svg+xml")


def _create(body: dict[str, Any]) -> HttpResponse:
    action = body.get("action_name")
    if action not in ("QR_STR_SCENE", "QR_LIMIT_STR_SCENE"):
        raise PlatformError(40051, "invalid action_name")
    info = body.get("action_info")
    inner = info.get("scene") if isinstance(info, dict) else None
    scene = inner.get("scene_str") if isinstance(inner, dict) else None
    if not isinstance(scene, str) or not 0 < len(scene) <= SCENE_LENGTH:
        raise PlatformError(40053, "invalid action info")
    seconds: int | None = None
    if action == "QR_STR_SCENE":
        given = body.get("expire_seconds", SHORTEST_SECONDS)
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            raise PlatformError(40052, "invalid expire_seconds")
        seconds = max(SHORTEST_SECONDS, min(given, LONGEST_SECONDS))
    elif OfficialCode.objects.filter(expires_at=None).count() >= MOST_PERMANENT:
        raise PlatformError(45029, "qrcode count out of limit")
    ends_at = timezone.now() + timedelta(seconds=seconds) if seconds else None
    row = OfficialCode.objects.create(
        ticket=f"gQ{secrets.token_urlsafe(48)}", scene=scene, expires_at=ends_at
    )
    answer: dict[str, Any] = {"ticket": row.ticket, "url": f"http://weixin.qq.com/q/{row.pk:08}"}
    if seconds:
        answer["expire_seconds"] = seconds
    return JsonResponse(answer)
