"""KF: messages of WeChat customer service to who wrote to it (wechat-protocol.md §4.6).

`payload` is the platform's body without the recipient: `{"open_kfid", "msgtype": "text", "text": {…}}`
and, where it has one of its own, `msgid`; `recipient` is an external user id.
"""

import re
from typing import Any

import aiohttp

from config.errors import InvalidInputError
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
from messaging.models import ChannelAccount, ChannelType
from wechat.channels import bodies
from wechat.client.errors import WECOM
from wechat.client.http import CallFailed
from wechat.client.wecom import App, WeComClient, configured_app
from wechat.models import KfState

EXTERNAL_USER_ID = re.compile(r"[A-Za-z0-9_-]{4,64}")
TEXT_BYTES = 2048
ENDED, WRONG_STATE = "95013", 95018
# The states in which the API may send.
OURS = (KfState.NEW, KfState.ASSISTANT)
_NOT_CONFIGURED = Result(Outcome.PERMANENT, "not_configured", "企业微信应用没有配置（WECOM_*）")


class KfChannel(Channel):
    code = ChannelType.KF
    # What did not arrive after all is told by an event of sync_msg (`wechat.kf.events`).
    has_receipts = True

    def recipient(self, text: str) -> Recipient:
        if not EXTERNAL_USER_ID.fullmatch(text):
            raise InvalidInputError(f"「{text[:64]}」不是有效的外部联系人 ID", code="bad_recipient")
        return Recipient(text)

    def is_configured(self, account: ChannelAccount | None) -> bool:
        return _is_usable(configured_app())

    def is_windowed(self, content: Content) -> bool:
        """48 hours after the customer's last message, five for each."""
        return True

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        bodies.check_options(content.options, frozenset({"open_kfid"}))
        if (
            not isinstance(content.options.get("open_kfid"), str)
            or not content.options["open_kfid"]
        ):
            raise InvalidInputError("需要客服账号的 open_kfid", attr="options.open_kfid")
        bodies.check_length(content, TEXT_BYTES)

    def compose(self, content: Content) -> dict[str, Any]:
        words = f"{content.subject}\n{content.body}" if content.subject else content.body
        return text_payload(str(content.options.get("open_kfid") or ""), words)

    def limits(self, outbound: Outbound) -> list[Limit]:
        """The platform counts by the customer's own messages; chats do so here (`KfEntry`)."""
        return []

    def is_idempotent(self, outbound: Outbound) -> bool:
        return True

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        app = configured_app()
        if not _is_usable(app):
            return _NOT_CONFIGURED
        body = {"msgid": outbound.message_id, **outbound.payload, "touser": outbound.recipient}
        client = WeComClient(http, app)
        try:
            answer = await client.post("kf/send_msg", body)
            if answer.errcode == WRONG_STATE:
                return await _why_not(client, body)
        except CallFailed as failure:
            return failure.result
        return WECOM.result_of(answer)

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """Lists the accounts: proves the secret and the right to the calls of kf."""
        app = configured_app()
        if not _is_usable(app):
            return Verification(ok=False, code=_NOT_CONFIGURED.code, detail=_NOT_CONFIGURED.detail)
        try:
            answer = await WeComClient(http, app).post("kf/account/list", {"offset": 0, "limit": 1})
        except CallFailed as failure:
            return Verification(ok=False, code=failure.result.code, detail=failure.result.detail)
        result = WECOM.result_of(answer)
        is_ok = result.outcome is Outcome.SENT
        return Verification(ok=is_ok, code=result.code, detail=result.detail or "微信客服接口可用")


def text_payload(open_kfid: str, words: str) -> dict[str, Any]:
    """A text through that account, within the platform's length."""
    content = cut_utf8(words, TEXT_BYTES)
    return {"open_kfid": open_kfid, "msgtype": "text", "text": {"content": content}}


async def _why_not(client: WeComClient, body: dict[str, Any]) -> Result:
    """95018 says only that the state is wrong: which it is decides what may be done."""
    whose = {"open_kfid": body["open_kfid"], "external_userid": body["touser"]}
    answer = await client.post("kf/service_state/get", whose)
    state, code = answer.body.get("service_state"), str(WRONG_STATE)
    if answer.errcode == 0 and state in OURS:
        return Result(Outcome.RETRY, code, "会话刚刚变更了接待状态")
    if answer.errcode == 0 and state == KfState.ENDED:
        return Result(Outcome.PERMANENT, ENDED, "微信客服会话已结束，客户再次发言后才能发送")
    who = str(answer.body.get("servicer_userid") or "")
    told = f"客户正由企业微信接待人员{who and ' ' + who + ' '}接待，请在企业微信中回复"
    if state == KfState.QUEUE:
        told = "客户在企业微信的待接入池中排队，由接待人员接入后回复"
    return Result(Outcome.PERMANENT, code, told)


def _is_usable(app: App) -> bool:
    return bool(app.corp_id and app.secret)
