"""A member of the corporation opens a page in WeCom and is signed in (wechat-protocol.md §4.1).

The page sends them to the platform's authorize address; it brings them back with a code, which names
the member, once. The state that goes there and back is kept in the session, so nobody can be signed
in by a link that somebody else made.
"""

import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from customers.models import User
from customers.queries.staff import staff_by_wecom_user_id
from wechat.client.blocking import BlockingClient

# Somebody waits for the page.
CALL_SECONDS = 5.0
_SESSION_KEY = "wecom_login"
MOST_NEXT = 500


class NotAMemberError(Exception):
    """The platform says that it is nobody of the corporation, or nobody whom we know."""


def is_configured() -> bool:
    return bool(settings.WECOM_CORP_ID and settings.WECOM_CORP_SECRET and settings.WECOM_LOGIN_URL)


def authorize_url(request: HttpRequest, *, back_to: str) -> str:
    """Where the browser goes; `back_to` is the page of ours that is opened in the end."""
    state = secrets.token_urlsafe(18)
    request.session[_SESSION_KEY] = {"state": state, "next": back_to[:MOST_NEXT]}
    query = urlencode(
        {
            "appid": settings.WECOM_CORP_ID,
            "redirect_uri": request.build_absolute_uri(reverse("sidebar-login")),
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": settings.WECOM_AGENT_ID,
        }
    )
    return f"{settings.WECOM_LOGIN_URL}?{query}#wechat_redirect"


def asked_for(request: HttpRequest) -> str | None:
    """The page that this browser was on its way to, once; None when it never asked to be signed in."""
    kept = request.session.pop(_SESSION_KEY, None)
    if not isinstance(kept, dict):
        return None
    given = request.GET.get("state", "")
    if not secrets.compare_digest(given.encode(), str(kept.get("state", "")).encode()):
        return None
    return str(kept.get("next") or reverse("sidebar"))


def member_of(code: str) -> User:
    """Whom `auth/getuserinfo` names. Raises `NotAMemberError`, `PlatformRefusal`; no transaction."""
    with BlockingClient(seconds=CALL_SECONDS) as client:
        answer = client.get("auth/getuserinfo", code=code)
    # Somebody outside has an `openid` in its place.
    userid = answer.get("userid")
    user = staff_by_wecom_user_id(userid) if isinstance(userid, str) else None
    if user is None:
        raise NotAMemberError
    return user
