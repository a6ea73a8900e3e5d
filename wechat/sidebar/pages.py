"""`/sidebar/`: beside a customer's chat in WeCom. A shell; its script fills it through the API."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from config.content_policy import also_from
from config.logs import get_logger
from customers.models import User
from tickets.models import Priority
from wechat.client.blocking import PlatformRefusal
from wechat.sidebar.login import (
    NotAMemberError,
    asked_for,
    authorize_url,
    is_configured,
    member_of,
)

logger = get_logger(__name__)

BACKEND = "django.contrib.auth.backends.ModelBackend"
CODE_LENGTH = 512
# The platform's script comes from its own hosts, and so does what it asks for; faces lie there too.
_SDK = [urlsplit(url) for url in settings.WECOM_JS_SDK_URLS]
SDK_HOSTS = sorted({f"{url.scheme}://{url.netloc}" for url in _SDK if url.netloc})


@require_safe
@never_cache
@xframe_options_sameorigin
@ensure_csrf_cookie
@also_from(
    script_src=SDK_HOSTS,
    connect_src=SDK_HOSTS,
    # How older clients are spoken to: a frame at an address of the client's own.
    frame_src=[*SDK_HOSTS, "wxwork:", "weixin:"],
    img_src=["https:"],
)
def sidebar(request: HttpRequest) -> HttpResponse:
    """Colleagues see it; strangers are asked for by WeCom, else by the login of the staff pages."""
    user = request.user
    if not user.is_authenticated:
        here = request.get_full_path()
        if is_configured():
            return HttpResponseRedirect(authorize_url(request, back_to=here))
        return HttpResponseRedirect(f"{reverse('console-login')}?next={here}")
    if not isinstance(user, User) or not user.is_team_member:
        return _refused(request, "侧边栏只对本系统的员工开放", status=403)
    facts: dict[str, Any] = {
        "me": user.display_name,
        "priorities": [{"value": one.value, "label": str(one.label)} for one in Priority],
        "is_staff": user.is_staff,
    }
    context = {"page": facts, "sdk_urls": settings.WECOM_JS_SDK_URLS}
    return render(request, "sidebar/sidebar.html", context)


@require_safe
@never_cache
@xframe_options_sameorigin
def sidebar_login(request: HttpRequest) -> HttpResponse:
    """The platform brings the browser back with a code."""
    back_to = asked_for(request)
    code = request.GET.get("code", "")
    if back_to is None or not 0 < len(code) <= CODE_LENGTH:
        return _refused(request, "登录链接已失效，请重新打开侧边栏", status=400)
    try:
        user = member_of(code)
    except NotAMemberError:
        words = "您的企业微信账号还没有登记为本系统的员工，请联系管理员在「员工与账号」中添加"
        return _refused(request, words, status=403)
    except PlatformRefusal as refusal:
        logger.warning("sidebar_login_refused", code=refusal.result.code)
        status = 400 if refusal.is_permanent else 503
        return _refused(
            request, f"企业微信没有确认您的身份：{refusal.result.detail}", status=status
        )
    login(request, user, backend=BACKEND)
    is_ours = url_has_allowed_host_and_scheme(
        back_to, {request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(back_to if is_ours else reverse("sidebar"))


def _refused(request: HttpRequest, words: str, *, status: int) -> HttpResponse:
    return render(request, "sidebar/refused.html", {"words": words}, status=status)
