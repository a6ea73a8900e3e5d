"""GROUP_BOT: a group's webhook robot (wechat-protocol.md §4.4). It only sends.

`payload` is the platform's own body: `{"msgtype": "markdown", "markdown": {"content": …}}`.
`recipient` is the group; the robot is the message's account, else `GROUP_WEBHOOK_URL`.
"""

import hashlib

import aiohttp
from django.conf import settings

from config.runtime import store
from messaging.channels.base import Channel, Limit, Outbound, Outcome, Result
from messaging.models import ChannelType
from wechat.client.errors import result_of
from wechat.client.http import CallFailed, is_allowed_url, post_json


class GroupBotChannel(Channel):
    """The platform knows no idempotency key here: a time-out is uncertain, never repeated blindly."""

    code = ChannelType.GROUP_BOT

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
            return result_of(await post_json(http, url, outbound.payload))
        except CallFailed as failure:
            return failure.result


def _webhook(outbound: Outbound) -> str:
    return outbound.account.secret if outbound.account else settings.GROUP_WEBHOOK_URL
