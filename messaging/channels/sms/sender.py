"""SMS: a provider's approved template to one phone number (wechat-protocol.md §7.1).

The provider renders its own template (messaging/channels/sms/template.py says how it is named and
filled); the body is what people read in our own records. `recipient` is a number in E.164.
"""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import aiohttp
import phonenumbers
from phonenumbers import PhoneNumberType

from config.errors import InvalidInputError
from config.runtime import store
from customers.phones import normalize
from messaging.channels.accounts import accounts
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
from messaging.channels.sms import pushed, template
from messaging.channels.sms.calls import AllBusy, in_thread
from messaging.channels.sms.form import PROVIDERS, SmsAccountForm
from messaging.channels.sms.grouping import grouped, ready
from messaging.channels.sms.provider import access_of
from messaging.models import ChannelAccount, ChannelType

HOUR, DAY = 3600.0, 86_400.0
# A refusal that takes longer leaves too little of a send's 15 s to try one by one.
SPLIT_WITHIN_SECONDS = 3.0
# Unknown: a mobile range newer than the library's tables.
_TAKES_SMS = frozenset(
    {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UNKNOWN}
)


class SmsChannel(Channel):
    """Neither provider knows an idempotency key: silence is uncertain, never repeated blindly."""

    code = ChannelType.SMS
    has_receipts = True
    account_form = SmsAccountForm
    # Each provider looks at its own two keys.
    receipt_answer = {"code": 0, "msg": "成功", "result": 0, "errmsg": "OK"}

    def recipient(self, text: str) -> Recipient:
        try:
            phone = normalize(text, attr="recipient")
        except InvalidInputError as error:
            raise InvalidInputError(error.detail, code="bad_recipient", attr="recipient") from None
        if phonenumbers.number_type(phonenumbers.parse(phone)) not in _TAKES_SMS:
            raise InvalidInputError(
                f"「{text[:30]}」不是手机号码", code="bad_recipient", attr="recipient"
            )
        return Recipient(phone, accounts().default(self.code))

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        template.check(content)

    def compose(self, content: Content) -> dict[str, Any]:
        return template.payload_of(content)

    def limits(self, outbound: Outbound) -> list[Limit]:
        """A code's limits hold for number and signature, a notice's for number and template."""
        sign = access_of(outbound.account).sign_name if outbound.account else ""
        key = f"sms:{sign}:{outbound.recipient}"
        if outbound.payload.get("template_type") == template.CODE:
            return [
                Limit(f"{key}:minute", store.get_int("channel.sms.per_number_per_minute")),
                Limit(f"{key}:hour", store.get_int("channel.sms.per_number_per_hour"), HOUR),
                Limit(f"{key}:day", store.get_int("channel.sms.per_number_per_day"), DAY),
            ]
        key = f"{key}:{outbound.payload.get('template_code')}"
        return [Limit(key, store.get_int("channel.sms.notices_per_number_per_day"), DAY)]

    def calls(self, outbounds: Sequence[Outbound]) -> list[list[Outbound]]:
        return grouped(outbounds)

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        return (await _call([outbound]))[0]

    async def send_together(
        self, outbounds: Sequence[Outbound], http: aiohttp.ClientSession
    ) -> list[Result]:
        """Where one number spoils the call for all, each is sent alone at once: nothing had left."""
        started = time.monotonic()
        results = await _call(outbounds)
        found = ready(outbounds[0])
        if isinstance(found, Result) or results[0].code not in found.provider.codes_of_one:
            return results
        if time.monotonic() - started > SPLIT_WITHIN_SECONDS:
            return [Result(Outcome.RETRY, results[0].code, "同批有号码被拒绝，将重发")] * len(
                results
            )
        return list(await asyncio.gather(*(_alone(outbound) for outbound in outbounds)))

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        provider = PROVIDERS.get(str(account.settings.get("provider"))) if account else None
        if account is None or provider is None:
            return Verification(ok=False, code="no_account", detail="没有配置短信账号")
        access = access_of(account)
        if not access.is_allowed:
            return Verification(ok=False, code="host_not_allowed", detail="接口地址不在允许名单内")
        return await in_thread(partial(provider.verify, access))

    def receipts(self, call: ReceiptCall) -> list[Receipt]:
        account = pushed.account_of(call)
        provider = PROVIDERS[str(account.settings.get("provider"))]
        return provider.receipts(pushed.entries_of(call))


async def _call(outbounds: Sequence[Outbound]) -> list[Result]:
    """One call to the provider for all of them."""
    found = [ready(outbound) for outbound in outbounds]
    able = [item for item in found if not isinstance(item, Result)]
    if len(able) < len(found):
        return [item if isinstance(item, Result) else _HELD for item in found]
    first = able[0]
    try:
        return await in_thread(
            partial(first.provider.send, first.access, [item.sms for item in able])
        )
    except AllBusy:
        return [_HELD] * len(outbounds)


async def _alone(outbound: Outbound) -> Result:
    try:
        return (await _call([outbound]))[0]
    except TimeoutError:
        return Result(Outcome.UNCERTAIN, "no_answer", "平台没有应答，可能已送达，请人工确认")


_HELD = Result(
    Outcome.THROTTLED,
    "all_busy",
    "短信调用过多，稍后再发",
    retry_after_seconds=1.0,
    was_tried=False,
)
