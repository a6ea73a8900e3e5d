"""WORK_WECHAT: messages of our WeCom app to members (wechat-protocol.md §4.2).

`payload` is the platform's body without the recipient: `{"msgtype": "text", "text": {…}}`.
`recipient` is a WeCom user id.
"""

import re
from typing import Any

import aiohttp

from config.errors import InvalidInputError
from config.runtime import store
from messaging.channels.base import Channel, Content, Limit, Outbound, Outcome, Recipient, Result
from messaging.models import BodyFormat, ChannelType
from wechat.channels import bodies
from wechat.client.errors import WECOM
from wechat.client.http import CallFailed
from wechat.client.wecom import WeComClient, configured_app

# Longer than all our attempts of one message take together.
DUPLICATE_CHECK_SECONDS = 1800
MARKDOWN_BYTES = 2048
USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")


class WorkWeChatChannel(Channel):
    code = ChannelType.WORK_WECHAT
    body_formats = frozenset({BodyFormat.TEXT, BodyFormat.MARKDOWN})

    def recipient(self, text: str) -> Recipient:
        """One member; `a|b` and `@all` are refused, since each recipient has a message of its own."""
        if not USER_ID.fullmatch(text):
            raise InvalidInputError(f"「{text[:64]}」不是有效的成员账号", code="bad_recipient")
        return Recipient(text)

    def compose(self, content: Content) -> dict[str, Any]:
        return bodies.compose(content, markdown_bytes=MARKDOWN_BYTES)

    def limits(self, outbound: Outbound) -> list[Limit]:
        # The platform drops a member's 31st message of a minute without a word.
        count = store.get_int("channel.work_wechat.per_member_per_minute")
        app = configured_app()
        return [Limit(f"work_wechat:{app.agent_id}:{outbound.recipient}", count)]

    def is_idempotent(self, outbound: Outbound) -> bool:
        """Answers in a talk may repeat word for word, so they go without the duplicate check."""
        return not outbound.payload.get("is_reply", False)

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        app = configured_app()
        if not (app.corp_id and app.secret and app.agent_id):
            return Result(Outcome.PERMANENT, "not_configured", "企业微信应用没有配置（WECOM_*）")
        body: dict[str, Any] = {k: v for k, v in outbound.payload.items() if k != "is_reply"}
        body |= {"touser": outbound.recipient, "agentid": app.agent_id}
        if self.is_idempotent(outbound):
            body |= {
                "enable_duplicate_check": 1,
                "duplicate_check_interval": DUPLICATE_CHECK_SECONDS,
            }
        try:
            answer = await WeComClient(http, app).post("message/send", body)
        except CallFailed as failure:
            return failure.result
        refused = str(answer.body.get("invaliduser") or "")
        if answer.errcode == 0 and refused:
            # One recipient a message: a partial failure is a whole one.
            return Result(Outcome.PERMANENT, "invaliduser", f"成员无效或不在可见范围：{refused}")
        return WECOM.result_of(answer)
