"""Who looks at a page of ours in WeChat's browser (OAuth, wechat-protocol.md §4.7).

`/wechat/oauth/start?next=/chat/` goes to the platform and comes back with a code, which one call
turns into the openid; its customer is then this browser's visitor. The call is one of the few that
are made in a request: the browser waits for it, three seconds at most, outside any transaction.
With `scope=userinfo` WeChat asks the person whether we may know their nickname and picture.
"""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from config.logs import get_logger
from customers.models import Customer
from customers.visitors.cookie import remember_visitor
from tickets.chat.entries.people import address_hold
from wechat.channels.official.receipts import OPENID
from wechat.official import granted
from wechat.official.chat_entry import ENTRY
from wechat.official.followers import customer_of
from wechat.official.granted import Granted
from wechat.official.profiles import unionid_learned

logger = get_logger(__name__)

# The openid that this browser has proved, for pages that bind it.
COOKIE = "wechat_openid"
STATE_COOKIE = "wechat_oauth"
STATE_SECONDS = 600
OPENID_SECONDS = 30 * 86_400
CALL_SECONDS = 3
DEFAULT_PAGE = "/chat/"
_OPENID_SALT, _STATE_SALT = "wechat.openid", "wechat.oauth"


@dataclass(frozen=True)
class Proved:
    """`grant` lets one ask what the person has granted; empty without it."""

    openid: str
    unionid: str
    grant: str = ""


class LoginRefused(Exception):
    """The platform did not say who it is; the text is for the person."""


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """To the platform, which comes back to `callback`; `next` is where to go then."""
    page = request.GET.get("next", "")
    if not is_ours(page):
        page = DEFAULT_PAGE
    state = secrets.token_hex(16)
    query = {
        "appid": settings.MP_APP_ID,
        "redirect_uri": request.build_absolute_uri("/wechat/oauth/callback"),
        "response_type": "code",
        "scope": granted.SCOPE if request.GET.get("scope") == "userinfo" else "snsapi_base",
        "state": state,
    }
    address = f"{settings.MP_OPEN_BASE}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"
    response = HttpResponseRedirect(address)
    _set(response, STATE_COOKIE, [state, page], _STATE_SALT, STATE_SECONDS)
    return response


@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the platform: the code becomes an openid, the openid this browser's visitor."""
    state, page = _asked_for(request)
    given = request.GET.get("state", "")
    code = request.GET.get("code", "")
    if not state or not secrets.compare_digest(state.encode(), given.encode(errors="replace")):
        return _failed(request, "登录已过期，请从公众号重新打开", page)
    try:
        proved = _exchanged(code)
    except LoginRefused as refusal:
        return _failed(request, str(refusal), page)
    known = Granted()
    if proved.grant:
        known = granted.read(access_token=proved.grant, openid=proved.openid, seconds=CALL_SECONDS)
    customer = _signed_in(proved, known)
    response = HttpResponseRedirect(page)
    response.delete_cookie(STATE_COOKIE, samesite="Lax")
    _set(response, COOKIE, proved.openid, _OPENID_SALT, OPENID_SECONDS)
    if not customer.is_blocked:
        remember_visitor(response, customer)
    return response


def openid_of(request: HttpRequest) -> str:
    """The openid that this browser has proved; empty where it has not."""
    try:
        found = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_OPENID_SALT, max_age=OPENID_SECONDS
        )
    except signing.BadSignature:
        return ""
    return found if isinstance(found, str) and OPENID.fullmatch(found) else ""


def is_ours(page: str) -> bool:
    """A path of this site, and nothing that a browser takes for another one."""
    return page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)


def _exchanged(code: str) -> Proved:
    """Raises `LoginRefused`."""
    if not 0 < len(code) <= 512:
        raise LoginRefused("未获得微信授权")
    try:
        answer = requests.get(
            f"{settings.MP_API_BASE}/sns/oauth2/access_token",
            params={
                "appid": settings.MP_APP_ID,
                "secret": settings.MP_APP_SECRET,
                "code": code,
                "grant_type": "authorization_code",
            },
            timeout=CALL_SECONDS,
            allow_redirects=False,
        )
        body = answer.json()
    except (requests.RequestException, ValueError) as error:
        logger.warning("wechat_login_failed", error=type(error).__name__)
        raise LoginRefused("暂时连接不上微信，请稍后再试") from None
    openid = body.get("openid") if isinstance(body, dict) else None
    if not isinstance(openid, str) or not OPENID.fullmatch(openid):
        code_said = body.get("errcode") if isinstance(body, dict) else None
        logger.warning("wechat_login_refused", code=code_said)
        raise LoginRefused("微信授权已失效，请从公众号重新打开")
    unionid, token = body.get("unionid"), body.get("access_token")
    is_granted = granted.SCOPE in str(body.get("scope") or "").split(",")
    return Proved(
        openid,
        unionid if isinstance(unionid, str) and len(unionid) <= 64 else "",
        token if is_granted and isinstance(token, str) else "",
    )


@transaction.atomic
def _signed_in(proved: Proved, known: Granted) -> Customer:
    address_hold(ENTRY.code, proved.openid)
    customer = customer_of(proved.openid)
    granted.learn(customer, proved.openid, known)
    if unionid := proved.unionid or known.unionid:
        unionid_learned(openid=proved.openid, unionid=unionid)
    return customer


def _asked_for(request: HttpRequest) -> tuple[str, str]:
    try:
        state, page = signing.loads(
            request.COOKIES.get(STATE_COOKIE, ""), salt=_STATE_SALT, max_age=STATE_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return "", DEFAULT_PAGE
    return str(state), str(page)


def _set(response: HttpResponseBase, name: str, value: object, salt: str, seconds: int) -> None:
    response.set_cookie(
        name,
        signing.dumps(value, salt=salt),
        max_age=seconds,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _failed(request: HttpRequest, why: str, page: str) -> HttpResponse:
    again = f"/wechat/oauth/start?{urlencode({'next': page})}"
    return render(
        request, "wechat/oauth_failed.html", {"why": why, "again": again, "page": page}, status=400
    )
