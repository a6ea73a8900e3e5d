"""Who works at the pretended corporation, and where they talk."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from wechat.simulator.answers import PlatformError, ok, platform, platform_object
from wechat.simulator.contacts.models import Colleague
from wechat.simulator.tokens import require_token

GROUP_ID = "test_group_001"
GROUP_NAME = "售后内部群"
APP_NAME = "客服应用"
OFFICIAL_NAME = "公众号"
MEMBERS = {"lisi": "李四", "wangwu": "王五", "zhaoliu": "赵六", "admin": "管理员"}
# Everybody is in the root department; there are no other parties and no tags.
ROOT_PARTY = "1"
OPEN_PREFIX = "wosim-"
MAX_OPEN_USERIDS = 1000
# A large corporation: every well-formed id is a colleague's, save those that say they are not.
_WELL_FORMED = re.compile(r"(?!unknown)[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


def is_member(userid: str) -> bool:
    return _WELL_FORMED.fullmatch(userid) is not None


def has_left(userid: str) -> bool:
    """Whether somebody worked here once."""
    return Colleague.objects.filter(userid=userid, left_at__isnull=False).exists()


def name_of(userid: str) -> str:
    return MEMBERS.get(userid, userid)


def speaker_name(sender: str) -> str:
    """The name above a bubble: a member's, or one of our voices'."""
    ours = {
        "robot": "群机器人",
        "aibot": settings.AIBOT_NAME,
        "app": APP_NAME,
        "official": OFFICIAL_NAME,
    }
    return ours.get(sender) or name_of(sender)


@platform("GET")
def user_get(request: HttpRequest) -> HttpResponse:
    """`GET user/get?userid=`; 60111 for nobody."""
    require_token(request)
    userid = request.GET.get("userid", "")
    if not is_member(userid) or has_left(userid):
        raise PlatformError(60111, "userid not found")
    return ok(userid=userid, name=name_of(userid), department=[int(ROOT_PARTY)], status=1)


@platform("GET")
def agent_get(request: HttpRequest) -> HttpResponse:
    """`GET agent/get?agentid=`; 301002 for another's app."""
    require_token(request)
    if request.GET.get("agentid") != str(settings.WECOM_AGENT_ID):
        raise PlatformError(301002, "not allow operate another agent")
    return ok(
        agentid=settings.WECOM_AGENT_ID,
        name=APP_NAME,
        close=0,
        redirect_domain=urlsplit(settings.APP_DOMAIN).netloc,
        home_url=f"{settings.APP_DOMAIN}/console/",
        allow_partys={"partyid": [int(ROOT_PARTY)]},
    )


@platform("POST")
def openuserid_to_userid(request: HttpRequest) -> HttpResponse:
    """`POST batch/openuserid_to_userid`: `wosim-lisi` is lisi; plain ids are invalid (§3.1)."""
    require_token(request)
    asked = platform_object(request).get("open_userid_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MAX_OPEN_USERIDS:
        raise PlatformError(40058, f"open_userid_list needs 1 to {MAX_OPEN_USERIDS} ids")
    if not all(isinstance(item, str) for item in asked):
        raise PlatformError(40058, "open_userid_list must hold strings")
    known = [
        {"open_userid": item, "userid": item.removeprefix(OPEN_PREFIX)}
        for item in asked
        if item.startswith(OPEN_PREFIX) and is_member(item.removeprefix(OPEN_PREFIX))
    ]
    found = {entry["open_userid"] for entry in known}
    invalid = [item for item in asked if item not in found]
    return ok(userid_list=known, invalid_open_userid_list=invalid)
