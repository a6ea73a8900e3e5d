"""FEISHU: a group's custom robot (wechat-protocol.md §7.2). It only sends.

`payload` is the request without timestamp and sign: `{"msg_type": "text", "content": {…}}`.
`recipient` is the group; the robot is the message's account.
"""

import base64
import hashlib
import hmac
import time
from typing import Any

import aiohttp

from config.errors import InvalidInputError
from config.runtime import store
from messaging.allowed_urls import is_allowed_url
from messaging.channels.accounts import accounts
from messaging.channels.base import (
    Channel,
    Content,
    Limit,
    Outbound,
    Outcome,
    Recipient,
    Result,
    Verification,
)
from messaging.channels.feishu import bodies
from messaging.channels.feishu.errors import result_of
from messaging.channels.feishu.form import FeishuForm
from messaging.models import BodyFormat, ChannelAccount, ChannelType
from messaging.rendering import strings_in

ANSWER_LIMIT_BYTES = 64 * 1024
_JSON = {"Content-Type": "application/json; charset=utf-8"}


class FeishuChannel(Channel):
    """Feishu knows no idempotency key here: a time-out is uncertain, never repeated blindly."""

    code = ChannelType.FEISHU
    body_formats = frozenset({BodyFormat.TEXT, BodyFormat.MARKDOWN, BodyFormat.CARD})
    account_form = FeishuForm

    def recipient(self, text: str) -> Recipient:
        """A group's id or a robot's code."""
        robot = accounts().called(self.code, text, "group_id")
        if robot is None:
            raise InvalidInputError(f"没有飞书群或机器人「{text[:50]}」", code="bad_recipient")
        return Recipient(str(robot.settings.get("group_id") or robot.code), robot)

    def needs_body(self, content: Content) -> bool:
        return content.body_format != BodyFormat.CARD

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        bodies.compose(content)

    def compose(self, content: Content) -> dict[str, Any]:
        return bodies.compose(content)

    def limits(self, outbound: Outbound) -> list[Limit]:
        key = hashlib.sha256(_secret(outbound, "webhook_url").encode()).hexdigest()[:24]
        return [
            Limit(f"feishu:{key}:minute", store.get_int("channel.feishu.per_minute")),
            Limit(f"feishu:{key}:second", store.get_int("channel.feishu.per_second"), 1.0),
        ]

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        url = _secret(outbound, "webhook_url")
        if outbound.account is None or not url:
            return Result(Outcome.PERMANENT, "not_configured", "这个飞书机器人没有配置 Webhook")
        if not is_allowed_url(url):
            return Result(Outcome.PERMANENT, "host_not_allowed", "Webhook 地址不在允许的主机名单内")
        keyword = str(outbound.account.settings.get("keyword") or "")
        if not any(keyword in text for text in strings_in(outbound.payload)):
            return Result(Outcome.PERMANENT, "19024", f"消息不含机器人要求的关键词「{keyword}」")
        body = bodies.encoded(signed(outbound.payload, _secret(outbound, "secret")))
        async with http.post(url, data=body, headers=_JSON, allow_redirects=False) as response:
            raw = await response.content.read(ANSWER_LIMIT_BYTES)
            return result_of(response.status, response.headers.get("Retry-After"), raw)

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """No call of a webhook is harmless: what it accepts, the group reads."""
        return Verification(
            ok=False,
            code="not_supported",
            detail="飞书机器人没有不发消息的验证接口；地址格式已在保存时核对，请用模板测试发送确认",
        )


def signed(payload: dict[str, Any], secret: str) -> dict[str, Any]:
    """With this second's signature; the string to sign is the *key*, and the message is empty."""
    if not secret:
        return payload
    timestamp = str(int(time.time()))
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode(), **payload}


def _secret(outbound: Outbound, name: str) -> str:
    account = outbound.account
    return str(account.secrets.get(name, "")) if account is not None else ""
