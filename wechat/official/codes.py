"""QR codes with a scene: made at the platform by a job, shown by their ticket (§4.7)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from config.events.publish import enqueue
from wechat.client.blocking import BlockingOfficialClient, PlatformRefusal
from wechat.client.official import configured_account
from wechat.models import OfficialQrCode

MAKE_TASK = "wechat.tasks.official.make_code"
LONGEST = timedelta(seconds=2_592_000)
# What was saved before that and still has no picture had its task lost, or was refused for a while.
LOST = timedelta(minutes=1)


def code_wanted(code: OfficialQrCode) -> None:
    """Has a job make it at the platform, after the caller's transaction."""
    enqueue(MAKE_TASK, [[code.pk]], queue="default")


def code_make(code_id: int) -> None:
    """Makes it unless it is made; what the platform said stands in `error`. Calls the platform."""
    code = OfficialQrCode.objects.filter(pk=code_id, ticket="").first()
    if code is None:
        return
    body = _asked(code)
    if body is None:
        _note(code, error="已过有效期")
        return
    try:
        with BlockingOfficialClient(configured_account()) as client:
            answer = client.post("qrcode/create", body)
    except PlatformRefusal as refusal:
        _note(code, error=str(refusal)[:200])
        return
    _note(code, error="", ticket=str(answer.get("ticket") or ""), url=str(answer.get("url") or ""))


def codes_make_lost() -> None:
    """The net: each whose task was lost, or whom the platform refused."""
    since = timezone.now() - LOST
    ids = OfficialQrCode.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
        ticket="",
        is_active=True,
        created_at__lt=since,
    ).values_list("pk", flat=True)
    for code_id in list(ids[:100]):
        code_make(code_id)


def picture_of(code: OfficialQrCode) -> str:
    """Where its picture is, empty until it is made."""
    if not code.ticket:
        return ""
    return f"{settings.MP_WEB_BASE}/cgi-bin/showqrcode?{urlencode({'ticket': code.ticket})}"


def _asked(code: OfficialQrCode) -> dict[str, Any] | None:
    info = {"scene": {"scene_str": code.scene}}
    if code.expires_at is None:
        return {"action_name": "QR_LIMIT_STR_SCENE", "action_info": info}
    left = min(code.expires_at - timezone.now(), LONGEST)
    if left <= timedelta(0):
        return None
    seconds = max(60, int(left.total_seconds()))
    return {"action_name": "QR_STR_SCENE", "expire_seconds": seconds, "action_info": info}


def _note(code: OfficialQrCode, **fields: str) -> None:
    OfficialQrCode.objects.filter(pk=code.pk).update(**fields)
