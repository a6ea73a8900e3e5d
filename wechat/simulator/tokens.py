"""The app's access_token (wechat-protocol.md §4.1)."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator.answers import PlatformError, ok, platform
from wechat.simulator.models import Token

TOKEN_SECONDS = 7200


@platform("GET")
def gettoken(request: HttpRequest) -> HttpResponse:
    """`GET gettoken`: the same token until it expires, however often one asks."""
    if request.GET.get("corpid") != settings.WECOM_CORP_ID:
        raise PlatformError(40013, "invalid corpid")
    if request.GET.get("corpsecret") != settings.WECOM_CORP_SECRET:
        raise PlatformError(40001, "invalid credential")
    now = timezone.now()
    with transaction.atomic():
        token = Token.objects.filter(owner="", expires_at__gt=now).order_by("id").first()
        if token is None:
            token = Token.objects.create(
                value=secrets.token_urlsafe(32), expires_at=now + timedelta(seconds=TOKEN_SECONDS)
            )
    left = int((token.expires_at - now).total_seconds())
    return ok(access_token=token.value, expires_in=left)


def require_token(request: HttpRequest) -> None:
    """Raises 41001 (missing), 40014 (unknown) or 42001 (expired)."""
    value = request.GET.get("access_token", "")
    if not value:
        raise PlatformError(41001, "access_token missing")
    token = Token.objects.filter(owner="", value=value).first()
    if token is None:
        raise PlatformError(40014, "invalid access_token")
    if token.expires_at <= timezone.now():
        raise PlatformError(42001, "access_token expired")
