"""AI: the smart robot's answer to one message, by its `response_url` (wechat-protocol.md §3.2).

`payload`: `{"response_url": …, "msgtype": "markdown", "markdown": {"content": ≤ 20480 bytes}}`.
A URL takes one call and lives an hour; `recipient` is the chat or the member.
"""

from typing import Any

import aiohttp

from config.errors import InvalidInputError
from messaging.allowed_urls import is_allowed_url
from messaging.channels.base import Channel, Content, Limit, Outbound, Outcome, Recipient, Result
from messaging.markup import cut_utf8
from messaging.models import BodyFormat, ChannelType
from wechat.client.errors import WECOM
from wechat.client.http import CallFailed, post_json

MARKDOWN_BYTES = 20_480
RESPONSE_URL_LIVES_SECONDS = 3600


class AibotChannel(Channel):
    code = ChannelType.AI
    body_formats = frozenset({BodyFormat.MARKDOWN})

    def recipient(self, text: str) -> Recipient:
        """Nobody can be addressed out of the blue: the robot answers by the `response_url` it got."""
        raise InvalidInputError("智能机器人只能答复收到的消息", code="bad_recipient")

    def compose(self, content: Content) -> dict[str, Any]:
        text = f"**{content.subject}**\n{content.body}" if content.subject else content.body
        return {"msgtype": "markdown", "markdown": {"content": cut_utf8(text, MARKDOWN_BYTES)}}

    def limits(self, outbound: Outbound) -> list[Limit]:
        return []

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        body = dict(outbound.payload)
        url = body.pop("response_url", "")
        if not is_allowed_url(url):
            return Result(Outcome.PERMANENT, "host_not_allowed", "应答地址不在允许的主机名单内")
        try:
            return WECOM.result_of(await post_json(http, url, body))
        except CallFailed as failure:
            return failure.result
