"""WeChat's browser telling a page who looks at it (connect/oauth2/authorize, sns/oauth2)."""

import secrets
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.html import escape

from wechat.simulator.answers import PlatformError, platform, sandbox_api
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Follower
from wechat.simulator.official import followers
from wechat.simulator.official.models import OfficialLogin
from wechat.simulator.official.users import unionid_of

CODE_SECONDS = 300
TOKEN_SECONDS = 7200
SCOPES = ("snsapi_base", "snsapi_userinfo")
COOKIE = "sandbox_openid"
_GRANT_SALT = "sandbox.oauth"


@sandbox_api("GET")
def authorize(request: HttpRequest) -> HttpResponse:
    """Sends the phone's owner back with a code; whoever is on no phone says who they are.

    The phone is known by the page that the link stood on, or by what was chosen before.
    """
    query = request.GET
    target = urlsplit(query.get("redirect_uri", ""))
    allowed = {
        urlsplit(settings.SANDBOX_CALLBACK_BASE).netloc,
        urlsplit(settings.APP_DOMAIN).netloc,
    }
    if query.get("appid") != settings.MP_APP_ID or query.get("response_type") != "code":
        return _refused("Scope 参数错误或没有 Scope 权限")
    if query.get("scope") not in SCOPES:
        return _refused("Scope 参数错误或没有 Scope 权限")
    if target.scheme not in ("http", "https") or target.netloc not in allowed | {
        request.get_host()
    }:
        return _refused("redirect_uri 域名与后台配置不一致，错误码：10003")
    openid = query.get("openid") or _on_the_phone(request) or request.COOKIES.get(COOKIE, "")
    if not followers.is_openid(openid):
        return _who(request)
    code = OfficialLogin.objects.create(
        code=f"0{secrets.token_urlsafe(23)}",
        openid=openid,
        scope=query["scope"],
        expires_at=timezone.now() + timedelta(seconds=CODE_SECONDS),
    ).code
    sep = "&" if target.query else "?"
    state = quote(query.get("state", "")[:128], safe="")
    response = HttpResponseRedirect(f"{target.geturl()}{sep}code={code}&state={state}")
    response.set_cookie(COOKIE, openid, samesite="Lax")
    return response


@platform("GET")
def access_token(request: HttpRequest) -> HttpResponse:
    """`GET /sns/oauth2/access_token`: 40029 no such code, 40163 used already."""
    if request.GET.get("grant_type") != "authorization_code":
        raise PlatformError(40002, "invalid grant_type")
    if request.GET.get("appid") != settings.MP_APP_ID:
        raise PlatformError(40013, "invalid appid")
    if request.GET.get("secret") != settings.MP_APP_SECRET:
        raise PlatformError(40125, "invalid appsecret")
    return misbehave("WECHAT", lambda: _exchanged(request.GET.get("code", "")))


@transaction.atomic
def _exchanged(code: str) -> HttpResponse:
    row = OfficialLogin.objects.filter(code=code[:64]).first()
    if row is None or row.expires_at < timezone.now():
        raise PlatformError(40029, "invalid code")
    # The row read before still knows what was asked for.
    if not OfficialLogin.objects.filter(pk=row.pk).exclude(scope="").update(scope=""):
        raise PlatformError(40163, "code been used")
    unionid = unionid_of(row.openid)
    return JsonResponse(
        {
            "access_token": signing.dumps([row.openid, row.scope], salt=_GRANT_SALT),
            "expires_in": TOKEN_SECONDS,
            "refresh_token": secrets.token_urlsafe(32),
            "openid": row.openid,
            "scope": row.scope,
            **({"unionid": unionid} if unionid else {}),
        }
    )


@platform("GET")
def userinfo(request: HttpRequest) -> HttpResponse:
    """`GET /sns/userinfo`: 40001 no such token, 40003 somebody else's, 48001 not granted."""
    return misbehave(
        "WECHAT",
        lambda: _granted(request.GET.get("access_token", ""), request.GET.get("openid", "")),
    )


def _granted(token: str, openid: str) -> HttpResponse:
    try:
        whose, scope = signing.loads(token, salt=_GRANT_SALT, max_age=TOKEN_SECONDS)
    except (signing.BadSignature, ValueError):
        raise PlatformError(40001, "invalid credential") from None
    if whose != openid:
        raise PlatformError(40003, "invalid openid")
    if scope != "snsapi_userinfo":
        raise PlatformError(48001, "api unauthorized")
    follower = Follower.objects.filter(openid=openid).first()
    name = follower.name if follower is not None else ""
    unionid = unionid_of(openid)
    return JsonResponse(
        {
            "openid": openid,
            "nickname": name or f"微信用户{openid[-4:]}",
            "sex": 0,
            "province": "",
            "city": "",
            "country": "",
            "headimgurl": f"{settings.SANDBOX_CALLBACK_BASE}/static/site/icon.svg",
            "privilege": [],
            **({"unionid": unionid} if unionid else {}),
        }
    )


def _on_the_phone(request: HttpRequest) -> str:
    """`?openid=` of the sandbox's own page that led here."""
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc != request.get_host() or not before.path.startswith("/sandbox/"):
        return ""
    return (parse_qs(before.query).get("openid") or [""])[0]


def _who(request: HttpRequest) -> HttpResponse:
    known = list(Follower.objects.order_by("-id").values_list("openid", "name")[:20])
    if all(openid != followers.ZHANGSAN for openid, _ in known):
        known.append((followers.ZHANGSAN, "张三"))
    links = "".join(
        f'<li><a href="?{escape(request.META.get("QUERY_STRING", ""))}&amp;openid={escape(openid)}">'
        f"{escape(name or openid)}</a></li>"
        for openid, name in known
    )
    return HttpResponse(
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>沙箱：以谁的微信打开</title>'
        f"<h1>以谁的微信打开这个页面？</h1><ul>{links}</ul>"
    )


def _refused(why: str) -> HttpResponse:
    return HttpResponse(why, status=400, content_type="text/plain; charset=utf-8")
