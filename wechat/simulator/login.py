"""A member opens a page in WeCom: the authorize address, and `auth/getuserinfo` (§4.1)."""

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from wechat.simulator import members
from wechat.simulator.answers import PlatformError, ok, platform
from wechat.simulator.tokens import require_token

CODE_SECONDS = 300
_SALT = "sandbox.login"


def authorize(request: HttpRequest) -> HttpResponse:
    """`connect/oauth2/authorize`: who is it? A page of the sandbox asks; WeCom itself would know."""
    if not settings.SANDBOX:
        raise Http404
    asked = request.GET
    if asked.get("appid") != settings.WECOM_CORP_ID or asked.get("response_type") != "code":
        return HttpResponse("40013 invalid appid", status=400)
    target = asked.get("redirect_uri", "")
    trusted = {urlsplit(base).netloc for base in _trusted(request)}
    if urlsplit(target).scheme not in ("http", "https") or urlsplit(target).netloc not in trusted:
        return HttpResponse("50001 redirect_uri unauthorized", status=400)
    userid = asked.get("userid", "")
    if members.is_member(userid):
        code = signing.dumps([userid, secrets.token_hex(4)], salt=_SALT)
        query = urlencode({"code": code, "state": asked.get("state", "")})
        return HttpResponseRedirect(f"{target}{'&' if '?' in target else '?'}{query}")
    people = [
        {"userid": one, "name": name, "query": urlencode({**asked.dict(), "userid": one})}
        for one, name in members.MEMBERS.items()
    ]
    return render(request, "sandbox/login.html", {"people": people})


@platform("GET")
def getuserinfo(request: HttpRequest) -> HttpResponse:
    """`GET auth/getuserinfo?code=`: once, within 5 minutes; 40029 otherwise."""
    require_token(request)
    code = request.GET.get("code", "")
    try:
        found: list[Any] = signing.loads(code, salt=_SALT, max_age=CODE_SECONDS)
    except signing.BadSignature:
        raise PlatformError(40029, "invalid code") from None
    if not cache.add(f"sandbox:login:{found[1]}", 1, CODE_SECONDS):
        raise PlatformError(40029, "code been used")
    return ok(userid=found[0])


def _trusted(request: HttpRequest) -> list[str]:
    return [settings.APP_DOMAIN, settings.SANDBOX_CALLBACK_BASE, f"http://{request.get_host()}"]
