"""AI: the smart robot's own words (wechat-protocol.md §§3.2, 3.3).

`payload`: `{"msgtype": "markdown", "markdown": {"content": ≤ 20480 bytes}}`. With a `response_url` in
it, it answers one message: a URL takes one call and lives an hour, `recipient` is the chat or the
member. Without one the robot speaks first, over the long connection of its account.
"""

import re
from collections.abc import Sequence
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
from messaging.markup import cut_utf8
from messaging.models import BodyFormat, ChannelAccount, ChannelType
from wechat.channels import cards
from wechat.channels.smart_robot import long_connection
from wechat.channels.smart_robot.form import SmartRobotForm
from wechat.client.errors import WECOM
from wechat.client.http import CallFailed, post_json

MARKDOWN_BYTES = 20_480
RESPONSE_URL_LIVES_SECONDS = 3600
# One turn on the connection stays well within a call's time.
MOST_A_TURN = 20
CHAT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}")
_NO_ACCOUNT = Result(Outcome.PERMANENT, "not_configured", "没有配置智能机器人的长连接账号")


class SmartRobotChannel(Channel):
    code = ChannelType.AI
    body_formats = frozenset({BodyFormat.MARKDOWN, BodyFormat.CARD})
    account_form = SmartRobotForm

    def recipient(self, text: str) -> Recipient:
        """A group's chat id or a member, whom the default account's robot may speak to."""
        account = accounts().default(self.code)
        if account is None:
            raise InvalidInputError(
                "没有长连接账号，智能机器人只能答复收到的消息", code="bad_recipient"
            )
        if not CHAT_ID.fullmatch(text):
            raise InvalidInputError(f"「{text[:64]}」不是有效的群或成员", code="bad_recipient")
        return Recipient(text, account)

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        if content.body_format == BodyFormat.CARD:
            cards.check(content.options, cards.NOTICE_CARDS | cards.TASK_CARDS)

    def compose(self, content: Content) -> dict[str, Any]:
        if content.body_format == BodyFormat.CARD:
            return {"msgtype": "template_card", "template_card": cards.compose(content)}
        text = f"**{content.subject}**\n{content.body}" if content.subject else content.body
        return {"msgtype": "markdown", "markdown": {"content": cut_utf8(text, MARKDOWN_BYTES)}}

    def limits(self, outbound: Outbound) -> list[Limit]:
        if "response_url" in outbound.payload:
            return []
        key = f"smart_robot:{outbound.account.pk if outbound.account else 0}:{outbound.recipient}"
        return [
            Limit(f"{key}:minute", store.get_int("channel.ai.per_chat_per_minute")),
            Limit(f"{key}:hour", store.get_int("channel.ai.per_chat_per_hour"), 3600.0),
        ]

    def calls(self, outbounds: Sequence[Outbound]) -> list[list[Outbound]]:
        """Answers go one by one; what one robot says first shares its connection."""
        calls = [[outbound] for outbound in outbounds if "response_url" in outbound.payload]
        by_account: dict[int, list[Outbound]] = {}
        for outbound in outbounds:
            if "response_url" not in outbound.payload:
                pk = outbound.account.pk if outbound.account else 0
                by_account.setdefault(pk, []).append(outbound)
        for said in by_account.values():
            # The robot's turns come one after the other, so the rest waits for a later wave.
            calls += [said[at : at + MOST_A_TURN] for at in range(0, len(said), MOST_A_TURN)]
        return calls

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        if "response_url" not in outbound.payload:
            return (await self.send_together([outbound], http))[0]
        body = dict(outbound.payload)
        url = body.pop("response_url")
        if not is_allowed_url(url):
            return Result(Outcome.PERMANENT, "host_not_allowed", "应答地址不在允许的主机名单内")
        try:
            return WECOM.result_of(await post_json(http, url, body))
        except CallFailed as failure:
            return failure.result

    async def send_together(
        self, outbounds: Sequence[Outbound], http: aiohttp.ClientSession
    ) -> list[Result]:
        account = outbounds[0].account
        if account is None:
            return [_NO_ACCOUNT] * len(outbounds)
        said = [(outbound.recipient, _body(outbound)) for outbound in outbounds]
        return await long_connection.push(http, account, said)

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """Opens the connection and closes it again; a connection that was open elsewhere ends."""
        if account is None:
            return Verification(ok=False, code=_NO_ACCOUNT.code, detail=_NO_ACCOUNT.detail)
        result = await long_connection.subscribe_only(http, account)
        if result.outcome is Outcome.SENT:
            return Verification(ok=True, detail="机器人已接受长连接")
        return Verification(ok=False, code=result.code, detail=result.detail)


def _body(outbound: Outbound) -> dict[str, Any]:
    body = dict(outbound.payload)
    if card := body.get("template_card"):
        body["template_card"] = cards.with_task_id(card, outbound.message_id)
    return body
