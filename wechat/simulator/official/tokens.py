"""The Official Account's stable token (wechat-protocol.md §4.7)."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.models import Token

TOKEN_SECONDS = 7200
# Both tokens are good for so long around a renewal.
OVERLAP_SECONDS = 300
FORCED_APART_SECONDS = 30


@platform("POST")
def stable_token(request: HttpRequest) -> HttpResponse:
    """`POST stable_token`: the same token however often one asks, unless `force_refresh`."""
    body = platform_object(request)
    if body.get("grant_type") != "client_credential":
        raise PlatformError(40002, "invalid grant_type")
    if body.get("appid") != settings.MP_APP_ID:
        raise PlatformError(40013, "invalid appid")
    if body.get("secret") != settings.MP_APP_SECRET:
        raise PlatformError(40125, "invalid appsecret")
    with transaction.atomic():
        token = _current(is_forced=body.get("force_refresh") is True)
    left = int((token.expires_at - timezone.now()).total_seconds())
    return ok(access_token=token.value, expires_in=left)


@platform("GET")
def get_api_domain_ip(request: HttpRequest) -> HttpResponse:
    """`GET get_api_domain_ip`."""
    require_token(request)
    return ok(ip_list=["127.0.0.1"])


def require_token(request: HttpRequest) -> None:
    """Raises 41001 (missing), 40001 (unknown, or another account's) or 42001 (expired)."""
    value = request.GET.get("access_token", "")
    if not value:
        raise PlatformError(41001, "access_token missing")
    token = Token.objects.filter(owner=settings.MP_APP_ID, value=value).first()
    if token is None:
        raise PlatformError(40001, "invalid credential, access_token is invalid or not latest")
    if token.expires_at <= timezone.now():
        raise PlatformError(42001, "access_token expired")


def _current(*, is_forced: bool) -> Token:
    now = timezone.now()
    mine = Token.objects.filter(owner=settings.MP_APP_ID)
    newest = mine.order_by("-expires_at").first()
    lives = timedelta(seconds=TOKEN_SECONDS)
    if newest is not None:
        age = now - (newest.expires_at - lives)
        is_renewed = is_forced and age >= timedelta(seconds=FORCED_APART_SECONDS)
        if age < lives - timedelta(seconds=OVERLAP_SECONDS) and not is_renewed:
            return newest
    ends = now + timedelta(seconds=OVERLAP_SECONDS)
    mine.filter(expires_at__gt=ends).update(expires_at=ends)
    return Token.objects.create(
        owner=settings.MP_APP_ID, value=secrets.token_urlsafe(32), expires_at=now + lives
    )
