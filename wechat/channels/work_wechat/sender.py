"""WORK_WECHAT: messages of our WeCom app to members (wechat-protocol.md §4.2).

`payload` is the platform's body without the recipient: `{"msgtype": "text", "text": {…}}`.
`recipient` is a WeCom user id.
"""

import re
from collections.abc import Mapping
from typing import Any

import aiohttp

from config.errors import InvalidInputError
from config.runtime import store
from messaging.channels.base import (
    Channel,
    Content,
    Limit,
    Outbound,
    Outcome,
    Recipient,
    Result,
    SentMessage,
    Verification,
)
from messaging.models import BodyFormat, ChannelAccount, ChannelType
from wechat.channels import bodies, cards
from wechat.client.errors import WECOM
from wechat.client.http import CallFailed
from wechat.client.wecom import App, WeComClient, configured_app

# Longer than all our attempts of one message take together.
DUPLICATE_CHECK_SECONDS = 1800
MARKDOWN_BYTES = 2048
USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
MEDIA_KINDS = frozenset({"image", "file", "voice"})
OPTIONS = frozenset({"articles", "card", "media", "url"})
_NOT_CONFIGURED = Result(Outcome.PERMANENT, "not_configured", "企业微信应用没有配置（WECOM_*）")


class WorkWeChatChannel(Channel):
    code = ChannelType.WORK_WECHAT
    body_formats = frozenset({BodyFormat.TEXT, BodyFormat.MARKDOWN, BodyFormat.CARD})

    def recipient(self, text: str) -> Recipient:
        """One member; `a|b` and `@all` are refused, since each recipient has a message of its own."""
        if not USER_ID.fullmatch(text):
            raise InvalidInputError(f"「{text[:64]}」不是有效的成员账号", code="bad_recipient")
        return Recipient(text)

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        bodies.check_options(content.options, OPTIONS)
        _check_media(content.options)
        if content.body_format == BodyFormat.CARD:
            cards.check(content.options, cards.NOTICE_CARDS | cards.TASK_CARDS)
        else:
            bodies.check_length(content, bodies.TEXT_BYTES)

    def compose(self, content: Content) -> dict[str, Any]:
        if media := content.options.get("media"):
            kind = media["type"]
            return {"msgtype": kind, kind: {"media_id": media["media_id"]}}
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
        if not _is_usable(app):
            return _NOT_CONFIGURED
        body = {**outbound.payload, "touser": outbound.recipient, "agentid": app.agent_id}
        if "template_card" in body:
            body["template_card"] = cards.with_task_id(body["template_card"], outbound.message_id)
        if not body.pop("is_reply", False):
            body["enable_duplicate_check"] = 1
            body["duplicate_check_interval"] = DUPLICATE_CHECK_SECONDS
        try:
            answer = await WeComClient(http, app).post("message/send", body)
        except CallFailed as failure:
            return failure.result
        refused = str(answer.body.get("invaliduser") or answer.body.get("unlicenseduser") or "")
        if answer.errcode == 0 and refused:
            # One recipient a message: a partial failure is a whole one.
            return Result(Outcome.PERMANENT, "invaliduser", f"成员无效或不在可见范围：{refused}")
        return WECOM.result_of(answer)

    async def recall(self, message: SentMessage, http: aiohttp.ClientSession) -> Result:
        """Within 24 hours."""
        return await _post(http, "message/recall", {"msgid": message.provider_message_id})

    async def change_card(
        self, message: SentMessage, change: Mapping[str, Any], http: aiohttp.ClientSession
    ) -> Result:
        """`change`: `{"replace_name": …}` for a grey word in place of the buttons, or a `card`.

        Once within 72 hours, for what was sent as a card.
        """
        body: dict[str, Any] = {
            "userids": [message.recipient],
            "agentid": configured_app().agent_id,
            "response_code": message.change_code,
        }
        if "card" in change:
            cards.check(change, cards.NOTICE_CARDS | cards.TASK_CARDS)
            body["template_card"] = change["card"]
        else:
            body["button"] = {"replace_name": str(change.get("replace_name") or "")}
        return await _post(http, "message/update_template_card", body)

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """Reads the app itself: proves the secret, the app's number, and our address at once."""
        app = configured_app()
        if not _is_usable(app):
            return Verification(ok=False, code=_NOT_CONFIGURED.code, detail=_NOT_CONFIGURED.detail)
        try:
            answer = await WeComClient(http, app).get("agent/get", {"agentid": str(app.agent_id)})
        except CallFailed as failure:
            return Verification(ok=False, code=failure.result.code, detail=failure.result.detail)
        if answer.errcode == 0:
            return Verification(ok=True, detail=f"应用可用：{answer.body.get('name', '')}")
        result = WECOM.result_of(answer)
        return Verification(ok=False, code=result.code, detail=result.detail)


async def _post(http: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> Result:
    app = configured_app()
    if not _is_usable(app):
        return _NOT_CONFIGURED
    try:
        return WECOM.result_of(await WeComClient(http, app).post(path, body))
    except CallFailed as failure:
        return failure.result


def _is_usable(app: App) -> bool:
    return bool(app.corp_id and app.secret and app.agent_id)


def _check_media(options: Mapping[str, Any]) -> None:
    media = options.get("media")
    if media is None:
        return
    if not isinstance(media, dict) or media.get("type") not in MEDIA_KINDS:
        allowed = "、".join(sorted(MEDIA_KINDS))
        raise InvalidInputError(f"必须是其中之一：{allowed}", attr="options.media.type")
    if not isinstance(media.get("media_id"), str) or not media["media_id"]:
        raise InvalidInputError("需要先上传素材得到的 media_id", attr="options.media.media_id")
