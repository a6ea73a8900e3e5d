"""One encrypted message to a browser's push service (RFC 8030, RFC 8291)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pywebpush import WebPusher

from messaging.channels.app import addresses, notification, vapid
from messaging.channels.base import Outbound, Outcome, Result
from messaging.channels.retry_after import wait_of
from messaging.models import ChannelAccount

_TAKEN = frozenset({200, 201, 202, 204})
_GONE = frozenset({404, 410})
_UNAUTHORISED = frozenset({401, 403})
_ID_LENGTH = 128


async def push(outbound: Outbound, account: ChannelAccount, http: aiohttp.ClientSession) -> Result:
    """One attempt; raises aiohttp's errors."""
    subscription = addresses.subscription(outbound.recipient)
    endpoint = str(subscription["endpoint"])
    parts = urlsplit(endpoint)
    try:
        authorization = vapid.authorization(
            str(account.secrets.get("vapid_private_key", "")),
            origin=f"{parts.scheme}://{parts.netloc}",
            subject=str(account.settings.get("vapid_subject", "")),
        )
    except vapid.BadKey:
        return Result(
            Outcome.PERMANENT, "bad_vapid_key", "VAPID 密钥或联系方式无效", is_account_fault=True
        )
    body: bytes = WebPusher(subscription).encode(notification.plain(outbound.payload))["body"]
    headers = {
        "Authorization": authorization,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(account.settings.get("ttl", 0)),
        **_chosen(outbound.payload),
    }
    async with http.post(endpoint, data=body, headers=headers, allow_redirects=False) as answer:
        return result_of(answer.status, answer.headers)


def result_of(status: int, headers: Mapping[str, str]) -> Result:
    """What the service's status means (RFC 8030 §§5, 7.3, 8.4)."""
    name = f"http_{status}"
    if status in _TAKEN:
        return Result(Outcome.SENT, provider_message_id=headers.get("Location", "")[-_ID_LENGTH:])
    if status in _GONE:
        return Result(
            Outcome.PERMANENT, "subscription_gone", "推送订阅已失效", is_address_gone=True
        )
    if status == 429:
        wait = wait_of(headers.get("Retry-After"))
        return Result(Outcome.THROTTLED, name, "推送服务限流", retry_after_seconds=wait)
    if status in _UNAUTHORISED:
        detail = "推送服务不接受 VAPID 密钥"
        return Result(Outcome.PERMANENT, name, detail, is_account_fault=True)
    if status >= 500:
        return Result(Outcome.RETRY, name, "推送服务异常")
    detail = "推送内容过长" if status == 413 else "推送服务拒绝了请求"
    return Result(Outcome.PERMANENT, name, detail)


def _chosen(payload: Mapping[str, Any]) -> dict[str, str]:
    named = {"Urgency": payload.get("urgency"), "Topic": payload.get("topic")}
    return {name: str(value) for name, value in named.items() if value}
