"""APP: pushes to browsers (Web Push) and native apps (JPush) (wechat-protocol.md §7.4).

`payload`: `{"title", "body", "url"?, "data"?, "urgency"?, "topic"?}`; `recipient` is a browser's
subscription as JSON, `jpush:<registration_id>` or `alias:<alias>`, and says which provider it is.
"""

from typing import Any

import aiohttp

from config.errors import AppError
from config.runtime import store
from messaging.allowed_urls import is_allowed_url
from messaging.channels.accounts import accounts
from messaging.channels.app import addresses, jpush, notification, web_push
from messaging.channels.app.addresses import JPUSH, WEBPUSH
from messaging.channels.app.form import JPUSH_BASE, AppForm, vapid_fault
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
from messaging.models import BodyFormat, ChannelAccount, ChannelType

# With another audience than ours there is nobody to push to, but the login was accepted.
_NO_TARGET = "1011"


class AppChannel(Channel):
    code = ChannelType.APP
    body_formats = frozenset({BodyFormat.TEXT})
    account_form = AppForm

    def recipient(self, text: str) -> Recipient:
        address = addresses.address_of(text)
        return Recipient(address, _account_for(addresses.provider_of(address)))

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        notification.check_options(content.options)
        known = notification.without_blanks(content.options)
        notification.compose(Content(content.body_format, content.subject, content.body, known))

    def compose(self, content: Content) -> dict[str, Any]:
        return notification.compose(content)

    def limits(self, outbound: Outbound) -> list[Limit]:
        """Web Push services publish none; JPush counts the calls of an application."""
        if outbound.account is None or addresses.provider_of(outbound.recipient) == WEBPUSH:
            return []
        count = store.get_int("channel.app.jpush_per_minute")
        return [Limit(f"jpush:{outbound.account.pk}", count)]

    def is_idempotent(self, outbound: Outbound) -> bool:
        """JPush knows our `cid`; a browser would show the repeat."""
        return addresses.provider_of(outbound.recipient) == JPUSH

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        provider = addresses.provider_of(outbound.recipient)
        account = outbound.account
        if account is None or account.settings.get("provider") != provider:
            return Result(Outcome.PERMANENT, "no_account", "没有配置这种推送的账号")
        try:
            if provider == WEBPUSH:
                return await web_push.push(outbound, account, http)
            if not _is_allowed(account):
                return Result(Outcome.PERMANENT, "host_not_allowed", "接口地址不在允许的主机名单内")
            return await jpush.push(outbound, account, http)
        except AppError as refused:
            # The address was good once: a host may have been taken off the list since.
            return Result(Outcome.PERMANENT, refused.code, refused.detail)

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """JPush: a validated push that is not sent. Web Push has nobody to ask: the keys alone."""
        if account is None:
            return Verification(ok=False, code="no_account", detail="没有配置推送账号")
        if account.settings.get("provider") == WEBPUSH:
            parts = {"vapid_public_key": "", "vapid_subject": ""} | account.settings
            fault = vapid_fault({"vapid_private_key": "", **parts, **account.secrets})
            if fault is not None:
                return Verification(ok=False, code=f"bad_{fault[0]}", detail=fault[1])
            return Verification(
                ok=True, detail="密钥成对且格式正确；Web Push 没有可调用的验证接口，未联网"
            )
        if not _is_allowed(account):
            return Verification(ok=False, code="host_not_allowed", detail="接口地址不在允许名单内")
        result = await jpush.validate(account, http)
        if result.outcome is Outcome.SENT or result.code == _NO_TARGET:
            return Verification(ok=True, code=result.code, detail="极光已接受认证")
        return Verification(ok=False, code=result.code, detail=result.detail)


def _account_for(provider: str) -> ChannelAccount | None:
    """The provider's default account, else its only one."""
    active = accounts().active(ChannelType.APP)
    own = [account for account in active if account.settings.get("provider") == provider]
    chosen = [account for account in own if account.is_default]
    if not chosen and len(own) == 1:
        chosen = own
    return next(iter(chosen), None)


def _is_allowed(account: ChannelAccount) -> bool:
    return is_allowed_url(str(account.settings.get("api_base") or JPUSH_BASE))
