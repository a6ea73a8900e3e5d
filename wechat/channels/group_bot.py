"""GROUP_BOT: a group's webhook robot (wechat-protocol.md §4.4). It only sends.

`payload` is the platform's own body: `{"msgtype": "markdown", "markdown": {"content": …}}`.
`recipient` is the group; the robot is the message's account, else `GROUP_WEBHOOK_URL`.
"""

import hashlib
from typing import Any

import aiohttp
from django import forms
from django.conf import settings

from config.errors import InvalidInputError
from config.runtime import store
from messaging.allowed_urls import is_allowed_url
from messaging.channels.account_form import AccountForm, ProviderURLField
from messaging.channels.accounts import accounts
from messaging.channels.base import Channel, Content, Limit, Outbound, Outcome, Recipient, Result
from messaging.models import BodyFormat, ChannelType
from wechat.channels import bodies
from wechat.client.errors import WECOM
from wechat.client.http import CallFailed, post_json

MARKDOWN_BYTES = 4096


class GroupBotForm(AccountForm):
    secret_names = frozenset({"webhook_url"})
    group_id = forms.CharField(label="群编号", max_length=64, required=False)
    webhook_url = ProviderURLField(label="Webhook 地址", max_length=500)


class GroupBotChannel(Channel):
    """The platform knows no idempotency key here: a time-out is uncertain, never repeated blindly."""

    code = ChannelType.GROUP_BOT
    body_formats = frozenset({BodyFormat.TEXT, BodyFormat.MARKDOWN})
    account_form = GroupBotForm

    def recipient(self, text: str) -> Recipient:
        """A group's id or a robot's code, such as `test_group_001` or `bot_001`."""
        robot = accounts().called(self.code, text, "group_id")
        if robot is None:
            raise InvalidInputError(f"没有群或机器人「{text[:50]}」", code="unknown_group")
        return Recipient(str(robot.settings.get("group_id") or robot.code), robot)

    def compose(self, content: Content) -> dict[str, Any]:
        return bodies.compose(content, markdown_bytes=MARKDOWN_BYTES)

    def limits(self, outbound: Outbound) -> list[Limit]:
        key = hashlib.sha256(_webhook(outbound).encode()).hexdigest()[:24]
        return [Limit(f"group_bot:{key}", store.get_int("channel.group_bot.per_minute"))]

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        url = _webhook(outbound)
        if not url:
            return Result(Outcome.PERMANENT, "not_configured", "这个群没有配置机器人 Webhook")
        if not is_allowed_url(url):
            return Result(Outcome.PERMANENT, "host_not_allowed", "Webhook 地址不在允许的主机名单内")
        try:
            return WECOM.result_of(await post_json(http, url, outbound.payload))
        except CallFailed as failure:
            return failure.result


def _webhook(outbound: Outbound) -> str:
    if outbound.account is None:
        return str(settings.GROUP_WEBHOOK_URL)
    return str(outbound.account.secrets.get("webhook_url", ""))
