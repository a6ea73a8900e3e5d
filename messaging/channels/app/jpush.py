"""Notifications over JPush's REST API v3 (wechat-protocol.md §7.4).

`cid` is our message id: a repeated request is answered as the first was, and pushes nothing.
https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push
"""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from messaging.channels.app import addresses
from messaging.channels.app.form import JPUSH_BASE
from messaging.channels.base import Outbound, Outcome, Result
from messaging.channels.retry_after import RATE_WINDOW_SECONDS
from messaging.models import ChannelAccount

ANSWER_LIMIT_BYTES = 64 * 1024
MOST_TTL_SECONDS = 15 * 86_400

_RETRY = {1000: "极光内部错误", 1030: "极光服务超时"}
_THROTTLED = {
    2002: "超过极光的调用频率",
    2005: "超过极光的发送量限制",
    2008: "超过极光的广播限制",
}
_ACCOUNT_FAULTS = {
    1004: "极光 AppKey 或 Master Secret 不正确",
    1008: "极光 AppKey 无效",
    1020: "极光只接受 HTTPS，请检查接口地址",
    2003: "应用已被极光限制调用",
    2004: "应用没有该操作的权限",
    2006: "应用所属账号没有该操作的权限",
    2007: "应用没有调用该接口的权限",
}
_PERMANENT = {
    1001: "请求方法不被接受",
    1002: "缺少必需的参数",
    1003: "参数值不合法",
    1005: "推送内容过长",
    1009: "推送目标不被支持",
    1011: "没有满足条件的推送目标",
}
_UNAUTHORISED = frozenset({401, 403})


async def push(outbound: Outbound, account: ChannelAccount, http: aiohttp.ClientSession) -> Result:
    """One attempt; raises aiohttp's errors."""
    return await _call(account, "/v3/push", body_of(outbound, account), http)


async def validate(account: ChannelAccount, http: aiohttp.ClientSession) -> Result:
    """Asks about a notification to nobody in particular, which is not pushed."""
    body = {"platform": "all", "audience": {"alias": ["verify"]}, "notification": {"alert": "-"}}
    return await _call(account, "/v3/push/validate", body, http)


def body_of(outbound: Outbound, account: ChannelAccount) -> dict[str, Any]:
    target = addresses.jpush_target(outbound.recipient)
    payload = outbound.payload
    extras = dict(payload.get("data") or {})
    if payload.get("url"):
        extras["url"] = payload["url"]
    title, alert = payload["title"], payload["body"]
    ttl = int(account.settings.get("ttl", 0))
    return {
        "platform": "all",
        "audience": {target.kind: [target.value]},
        "notification": {
            "alert": alert,
            "android": {"alert": alert, "title": title, "extras": extras},
            "ios": {"alert": {"title": title, "body": alert}, "extras": extras},
        },
        "options": {
            "time_to_live": min(ttl, MOST_TTL_SECONDS),
            "apns_production": bool(account.settings.get("apns_production", True)),
        },
        "cid": outbound.message_id,
    }


async def _call(
    account: ChannelAccount, path: str, body: Mapping[str, Any], http: aiohttp.ClientSession
) -> Result:
    base = str(account.settings.get("api_base") or JPUSH_BASE)
    login = aiohttp.encode_basic_auth(
        str(account.settings.get("app_key", "")), str(account.secrets.get("master_secret", ""))
    )
    content = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Authorization": login}
    async with http.post(
        base + path, data=content, headers=headers, allow_redirects=False
    ) as answer:
        raw = await answer.content.read(ANSWER_LIMIT_BYTES)
        return result_of(answer.status, answer.headers, raw)


def result_of(status: int, headers: Mapping[str, str], raw: bytes) -> Result:
    """The code in the answer decides; without one, the HTTP status does."""
    try:
        answer = json.loads(raw)
        code = int(answer["error"]["code"]) if "error" in answer else 0
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        answer, code = {}, 0
    if status == 200 and not code:
        msg_id = answer.get("msg_id", "") if isinstance(answer, dict) else ""
        return Result(Outcome.SENT, provider_message_id=str(msg_id)[:128])
    name = str(code) if code else f"http_{status}"
    if code in _THROTTLED or (status == 429 and not code):
        detail = _THROTTLED.get(code, "极光限流")
        wait = _wait_of(headers.get("X-Rate-Limit-Reset", ""))
        return Result(Outcome.THROTTLED, name, detail, retry_after_seconds=wait)
    if code in _RETRY or (status >= 500 and code not in _PERMANENT):
        return Result(Outcome.RETRY, name, _RETRY.get(code, "极光服务异常"))
    if code in _ACCOUNT_FAULTS or (status in _UNAUTHORISED and not code):
        detail = _ACCOUNT_FAULTS.get(code, "极光拒绝了认证")
        return Result(Outcome.PERMANENT, name, detail, is_account_fault=True)
    return Result(Outcome.PERMANENT, name, _PERMANENT.get(code, "极光拒绝了请求"))


def _wait_of(reset: str) -> float:
    """`X-Rate-Limit-Reset`: seconds until the window begins anew."""
    is_number = reset.isascii() and reset.isdigit()
    return min(float(reset[:6]), 3600.0) if is_number else RATE_WINDOW_SECONDS
