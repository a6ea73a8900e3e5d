"""EMAIL: SMTP submission through an account's server (wechat-protocol.md §7.3).

`payload`: `{"subject", "text", "html"?, "attachments"?, "unsubscribe_url"?}`; `recipient` is one
address. SMTP knows no idempotency key: every attempt carries the same Message-ID, and one whose
text went out unanswered is uncertain.
"""

import hmac
import re
from typing import Any

import aiohttp
from aiosmtplib.errors import SMTPException
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from config.errors import InvalidInputError, NotAllowedError
from config.runtime import store
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
from messaging.channels.email import bounces, mime, smtp
from messaging.channels.email.connections import NoPlace, connections_of
from messaging.channels.email.errors import result_of_failure
from messaging.channels.email.form import EmailForm, is_allowed_server
from messaging.channels.email.smtp import Envelope
from messaging.models import BodyFormat, ChannelAccount, ChannelType

ADDRESS_LENGTH = 254
BUSY_SECONDS = 5.0
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_is_address = EmailValidator(allowlist=[])


class EmailChannel(Channel):
    code = ChannelType.EMAIL
    has_receipts = True
    body_formats = frozenset({BodyFormat.TEXT, BodyFormat.HTML})
    account_form = EmailForm

    def recipient(self, text: str) -> Recipient:
        """One address; its domain in lower case and ASCII."""
        local, _, domain = text.strip().rpartition("@")
        try:
            address = f"{local}@{domain.lower().encode('idna').decode('ascii')}"
            _is_address(address)
        except (UnicodeError, ValidationError):
            address = ""
        is_literal = domain.startswith("[")
        if is_literal or not _LOCAL_PART.fullmatch(local) or not 0 < len(address) <= ADDRESS_LENGTH:
            raise InvalidInputError(f"「{text[:64]}」不是有效的邮件地址", code="bad_recipient")
        return Recipient(address, accounts().default(self.code))

    def check_template(self, content: Content) -> None:
        super().check_template(content)
        unknown = sorted(content.options.keys() - mime.OPTIONS)
        if unknown:
            raise InvalidInputError("没有这个渠道选项", attr=f"options.{unknown[0]}")
        url = content.options.get("unsubscribe_url")
        is_blank = isinstance(url, str) and "{{" in url
        options = {**content.options, "unsubscribe_url": ""} if is_blank else content.options
        mime.compose(Content(content.body_format, content.subject, content.body, options))

    def compose(self, content: Content) -> dict[str, Any]:
        return mime.compose(content)

    def limits(self, outbound: Outbound) -> list[Limit]:
        if outbound.account is None:
            return []
        count = store.get_int("channel.email.per_minute")
        return [Limit(f"email:{outbound.account.pk}", count)]

    async def send(self, outbound: Outbound, http: aiohttp.ClientSession) -> Result:
        account = outbound.account
        if account is None:
            return Result(Outcome.PERMANENT, "no_account", "没有配置邮箱账号")
        if not is_allowed_server(account.settings):
            return Result(Outcome.PERMANENT, "host_not_allowed", "邮件服务器不在允许的主机名单内")
        message_id = mime.message_id_of(outbound.message_id, account)
        content = mime.build(
            outbound.payload, account=account, recipient=outbound.recipient, message_id=message_id
        )
        envelope = Envelope(str(account.settings["from_address"]), outbound.recipient, content)
        try:
            await connections_of(account).deliver(envelope)
        except NoPlace:
            return Result(
                Outcome.THROTTLED,
                "connections_busy",
                "邮件服务器的连接都在使用中",
                retry_after_seconds=BUSY_SECONDS,
                was_tried=False,
            )
        except aiohttp.ClientError:
            raise
        except (SMTPException, OSError) as failure:
            return result_of_failure(failure)
        return Result(Outcome.SENT, provider_message_id=message_id)

    async def verify(
        self, account: ChannelAccount | None, http: aiohttp.ClientSession
    ) -> Verification:
        """Connects, logs in, says NOOP and leaves."""
        if account is None:
            return Verification(ok=False, code="no_account", detail="没有配置邮箱账号")
        if not is_allowed_server(account.settings):
            return Verification(
                ok=False, code="host_not_allowed", detail="邮件服务器不在允许名单内"
            )
        try:
            client = await smtp.connect(account)
            async with client:
                reply = await client.noop()
        except (SMTPException, OSError) as failure:
            result = result_of_failure(failure)
            return Verification(ok=False, code=result.code, detail=result.detail)
        return Verification(ok=True, code=str(reply.code), detail="邮件服务器已接受登录")

    def receipts(self, call: ReceiptCall) -> list[Receipt]:
        """A bounce, posted with the `receipt_token` of one of the accounts as `token`."""
        given = call.query.get("token", "").encode()
        tokens = [
            str(account.secrets.get("receipt_token", ""))
            for account in accounts().active(self.code)
        ]
        matches = [hmac.compare_digest(given, token.encode()) for token in tokens if token]
        if not any(matches):
            raise NotAllowedError("回执令牌不正确")
        headers = {name.lower(): value for name, value in call.headers.items()}
        return bounces.receipts_of(call.body, headers.get("content-type", ""))
