"""GROUP_BOT: a group's webhook robot (wechat-protocol.md §4.4). It only sends.

`payload` is the platform's own body: `{"msgtype": "markdown", "markdown": {"content": …}}`; a file
is `{"msgtype": "file", "file": {"filename": …, "base64": …}}` until it is uploaded.
`recipient` is the group; the robot is the message's account, else `GROUP_WEBHOOK_URL`.
"""

import hashlib
from typing import Any

import aiohttp
from django.conf import settings

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
from messaging.models import BodyFormat, ChannelAccount, ChannelType
from wechat.channels import bodies, cards
from wechat.channels.group_bot import attachments
from wechat.channels.group_bot.form import GroupBotForm
from wechat.client.errors import EMPTY_CONTENT, WECOM
from wechat.client.http import CallFailed, post_json

MARKDOWN_BYTES = 4096
MAX_MENTIONS = 100
MENTIONS = ("mentioned_list", "mentioned_mobile_list")
OPTIONS = frozenset({"articles", "card", "file", "image", "markdown_version", "url", *MENTIONS})


class GroupBotChannel(Channel):
    """The platform knows no idempotency key here: a time-out is uncertain, never repeated blindly."""

    code = ChannelType.GROUP_BOT
    body_formats = frozenset({BodyFormat.TEXT, BodyFormat.MARKDOWN, BodyFormat.CARD})
    account_form = GroupBotForm

    def recipient(self, text: str) -> Recipient:
        """A group's id or a robot's code, such as `test_group_001` or `bot_001`."""
        robot = accounts().called(self.code, text, "group_id")
        if robot is None:
            raise InvalidInputError(f"没有群或机器人「{text[:50]}」", code="unknown_group")
        return Recipient(str(robot.settings.get("group_id") or robot.code), robot)

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        options = content.options
        bodies.check_options(options, OPTIONS)
        attachments.check(options)
        is_text = content.body_format == BodyFormat.TEXT
        for name in MENTIONS:
            if bodies.strings_of(options, name, most=MAX_MENTIONS) and not is_text:
                raise InvalidInputError("只有纯文本消息可以 @ 名单中的人", attr=f"options.{name}")
        if content.body_format == BodyFormat.CARD:
            cards.check(options, cards.NOTICE_CARDS)
        else:
            bodies.check_length(content, bodies.TEXT_BYTES if is_text else MARKDOWN_BYTES)

    def compose(self, content: Content) -> dict[str, Any]:
        options = content.options
        if "image" in options:
            return attachments.image(options)
        if "file" in options:
            return {"msgtype": "file", "file": dict(options["file"])}
        body = bodies.compose(content, markdown_bytes=MARKDOWN_BYTES)
        if body["msgtype"] == "text":
            named = {name: [who for who in options.get(name, []) if who] for name in MENTIONS}
            body["text"] |= {name: who for name, who in named.items() if who}
        return body

    def limits(self, outbound: Outbound) -> list[Limit]:
        key = hashlib.sha256(_webhook(outbound.account).encode()).hexdigest()[:24]
        return [Limit(f"group_bot:{key}", store.get_int("channel.group_bot.per_minute"))]

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        url = _webhook(outbound.account)
        refusal = _unusable(url)
        if refusal is not None:
            return refusal
        try:
            body = outbound.payload
            if body.get("msgtype") == "file":
                found = await attachments.media_id(http, url, body["file"])
                if not isinstance(found, str):
                    return WECOM.result_of(found)
                body = {"msgtype": "file", "file": {"media_id": found}}
            return WECOM.result_of(await post_json(http, url, body))
        except CallFailed as failure:
            return failure.result

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """An empty text: a living robot refuses the content, a dead one the address."""
        url = _webhook(account)
        refusal = _unusable(url)
        if refusal is not None:
            return Verification(ok=False, code=refusal.code, detail=refusal.detail)
        try:
            answer = await post_json(http, url, {"msgtype": "text", "text": {"content": ""}})
        except CallFailed as failure:
            return Verification(ok=False, code=failure.result.code, detail=failure.result.detail)
        if answer.errcode in (0, EMPTY_CONTENT):
            return Verification(ok=True, detail="机器人可用")
        result = WECOM.result_of(answer)
        return Verification(ok=False, code=result.code, detail=result.detail)


def _webhook(account: ChannelAccount | None) -> str:
    if account is None:
        return str(settings.GROUP_WEBHOOK_URL)
    return str(account.secrets.get("webhook_url", ""))


def _unusable(url: str) -> Result | None:
    if not url:
        return Result(Outcome.PERMANENT, "not_configured", "这个群没有配置机器人 Webhook")
    if not is_allowed_url(url):
        return Result(Outcome.PERMANENT, "host_not_allowed", "Webhook 地址不在允许的主机名单内")
    return None
