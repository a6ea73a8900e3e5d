"""AI: the smart robot's answer to one message, by its `response_url` (wechat-protocol.md §3.2).

`payload`: `{"response_url": …, "msgtype": "markdown", "markdown": {"content": ≤ 20480 bytes}}`.
A URL takes one call and lives an hour; `recipient` is the chat or the member.
"""

import aiohttp

from messaging.channels.base import Channel, Limit, Outbound, Outcome, Result
from messaging.models import ChannelType
from wechat.client.errors import result_of
from wechat.client.http import CallFailed, is_allowed_url, post_json

RESPONSE_URL_LIVES_SECONDS = 3600


class AibotChannel(Channel):
    code = ChannelType.AI

    def limits(self, outbound: Outbound) -> list[Limit]:
        return []

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        body = dict(outbound.payload)
        url = body.pop("response_url", "")
        if not is_allowed_url(url):
            return Result(Outcome.PERMANENT, "host_not_allowed", "应答地址不在允许的主机名单内")
        try:
            return result_of(await post_json(http, url, body))
        except CallFailed as failure:
            return failure.result
