"""Who a follower is (user/info, user/info/batchget)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from wechat.simulator.answers import PlatformError, platform, platform_object
from wechat.simulator.faults import misbehave
from wechat.simulator.models import Follower
from wechat.simulator.official import followers
from wechat.simulator.official.tokens import require_token

MOST = 100
# The same person as the contact wmSandbox000001 of WeCom.
ZHANGSANS_UNIONID = "oSandboxUnionZhangsan"


@platform("GET")
def user_info(request: HttpRequest) -> HttpResponse:
    """`GET user/info`: of somebody who does not follow only that."""
    require_token(request)
    return misbehave("WECHAT", lambda: JsonResponse(_told(request.GET.get("openid"))))


@platform("POST")
def user_info_batchget(request: HttpRequest) -> HttpResponse:
    """`POST user/info/batchget`, at most 100."""
    require_token(request)
    body = platform_object(request)
    return misbehave("WECHAT", lambda: _several(body))


def _several(body: dict[str, Any]) -> HttpResponse:
    asked = body.get("user_list")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MOST:
        raise PlatformError(40032, "invalid openid list size")
    openids = [one.get("openid") if isinstance(one, dict) else None for one in asked]
    return JsonResponse({"user_info_list": [_told(openid) for openid in openids]})


def _told(openid: object) -> dict[str, Any]:
    if not isinstance(openid, str) or not followers.is_openid(openid):
        raise PlatformError(40003, "invalid openid")
    row = Follower.objects.filter(openid=openid).first()
    is_following = followers.is_following(openid) and not openid.startswith("oGone")
    unionid = unionid_of(openid)
    union = {"unionid": unionid} if unionid else {}
    if not is_following:
        return {"subscribe": 0, "openid": openid, **union}
    return {
        "subscribe": 1,
        "openid": openid,
        "nickname": "",
        "language": "zh_CN",
        "subscribe_time": int(row.followed_at.timestamp()) if row is not None else 0,
        "subscribe_scene": "ADD_SCENE_QR_CODE"
        if row is not None and row.scene
        else "ADD_SCENE_SEARCH",
        "qr_scene_str": row.scene if row is not None else "",
        "tagid_list": [],
        **union,
    }


def unionid_of(openid: str) -> str:
    """As the follower's row says; 张三 has one of his own."""
    row = Follower.objects.filter(openid=openid).first()
    if row is not None and row.unionid:
        return row.unionid
    return ZHANGSANS_UNIONID if openid == followers.ZHANGSAN else ""
