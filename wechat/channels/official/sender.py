"""WECHAT: the Official Account (wechat-protocol.md §§4.7, 4.8).

`payload` holds up to two parts without their recipient: `custom` (a customer-service message, within
48 hours of the follower's last one), then `template` or `subscribe`, which goes once the platform has
refused the first because that window is closed. `recipient` is an openid.
"""

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
    Receipt,
    ReceiptCall,
    Recipient,
    Result,
    Verification,
)
from messaging.models import ChannelAccount, ChannelType
from wechat.channels.official import contents, receipts
from wechat.client.http import CallFailed
from wechat.client.official import OfficialClient, configured_account
from wechat.client.official_errors import OFFICIAL, WINDOW_CLOSED

PATHS = {
    "custom": "message/custom/send",
    "template": "message/template/send",
    "subscribe": "message/subscribe/bizsend",
}
DAY_SECONDS = 86_400.0
# How long the platform knows a `client_msg_id` again, and how far a retry's delay may stray.
KNOWN_AGAIN_SECONDS = 600
LONGEST_DELAY = 1.2
NOT_CONFIGURED = "公众号没有配置（MP_APP_ID、MP_APP_SECRET）"


class OfficialChannel(Channel):
    code = ChannelType.WECHAT
    has_receipts = True
    receipt_text = "success"

    def recipient(self, text: str) -> Recipient:
        if not receipts.OPENID.fullmatch(text):
            raise InvalidInputError(f"「{text[:64]}」不是有效的 openid", code="bad_recipient")
        return Recipient(text)

    def needs_body(self, content: Content) -> bool:
        return not contents.has_template(content.options)

    def is_configured(self, account: ChannelAccount | None) -> bool:
        official = configured_account()
        return bool(official.app_id and official.secret)

    def is_windowed(self, content: Content) -> bool:
        """Words alone: 48 hours; a platform's own template goes at any time."""
        return not contents.has_template(content.options)

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        contents.compose(content, is_filled=False)

    def compose(self, content: Content) -> dict[str, Any]:
        return contents.compose(content, is_filled=True)

    def limits(self, outbound: Outbound) -> list[Limit]:
        """Customer-service messages are counted by the platform, follower by follower."""
        if "template" not in outbound.payload:
            return []
        count = store.get_int("channel.wechat.template_per_day")
        return [Limit(f"wechat:template:{configured_account().app_id}", count, DAY_SECONDS)]

    def is_idempotent(self, outbound: Outbound) -> bool:
        """A template message alone, as long as its next attempt comes while its id is known."""
        seconds = outbound.attempts * store.last_known("retry")["delay_seconds"] * LONGEST_DELAY
        return set(outbound.payload) == {"template"} and seconds < KNOWN_AGAIN_SECONDS

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        account = configured_account()
        if not (account.app_id and account.secret):
            return Result(Outcome.PERMANENT, "not_configured", NOT_CONFIGURED)
        client = OfficialClient(http, account)
        result = Result(Outcome.PERMANENT, "empty", "消息没有内容")
        for part in (name for name in PATHS if name in outbound.payload):
            body = {"touser": outbound.recipient, **outbound.payload[part]}
            if part == "template":
                body["client_msg_id"] = outbound.message_id
            try:
                result = OFFICIAL.result_of(await client.post(PATHS[part], body))
            except CallFailed as failure:
                return failure.result
            if result.code not in WINDOW_CLOSED:
                break
        return result

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """A token, and with it the list of the platform's addresses."""
        official = configured_account()
        if not (official.app_id and official.secret):
            return Verification(ok=False, code="not_configured", detail=NOT_CONFIGURED)
        try:
            answer = await OfficialClient(http, official).get("get_api_domain_ip")
            result = OFFICIAL.result_of(answer)
        except CallFailed as failure:
            result = failure.result
        is_ok = result.outcome is Outcome.SENT
        return Verification(ok=is_ok, code=result.code, detail=result.detail or "公众号凭证有效")

    def receipts(self, call: ReceiptCall) -> list[Receipt]:
        return receipts.receipts_in(call)

    def echo(self, call: ReceiptCall) -> str:
        return receipts.echo(call)
