"""Setting up the accounts that channels send through; the admin and the API both come here."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction

from config.database.locks import transaction_lock
from config.encryption import mask
from config.errors import AppError, ConflictError, InvalidInputError
from messaging.channels import accounts, registry
from messaging.channels.account_form import AccountForm
from messaging.channels.base import Verification
from messaging.models import ChannelAccount
from messaging.sending import pool

VERIFY_SECONDS = 8


class InvalidAccountError(AppError):
    """What the channel's form found wrong: `errors` by field, such as `secrets.webhook_url`."""

    code = "invalid"

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        attr, messages = next(iter(errors.items()))
        super().__init__(messages[0], attr=attr)
        self.errors = errors


def account_form_of(channel: str) -> type[AccountForm]:
    """Raises `InvalidInputError` for a channel without accounts in the database."""
    form = registry.get(channel).account_form if channel in registry.codes() else None
    if form is None:
        raise InvalidInputError("这个渠道由环境变量配置，没有账号", attr="channel")
    return form


def checked_parts(
    channel: str, settings: Mapping[str, Any], secrets: Mapping[str, Any], stored: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """`settings` and `secrets` as the channel's form cleans them; an empty secret stays the stored one.

    Raises `InvalidAccountError` naming every wrong field, and those the channel does not know.
    """
    form_class = account_form_of(channel)
    wrong = {
        **_unknown("settings", settings, form_class.base_fields.keys() - form_class.secret_names),
        **_unknown("secrets", secrets, form_class.secret_names),
    }
    kept = {
        name: _meant(secrets.get(name), stored.get(name, "")) for name in form_class.secret_names
    }
    form = form_class({**settings, **kept})
    if not form.is_valid():
        for name, messages in form.errors.items():
            wrong[_path(form_class, name)] = [str(message) for message in messages]
    if wrong:
        raise InvalidAccountError(wrong)
    cleaned = form.cleaned_data
    return (
        {name: value for name, value in cleaned.items() if name not in form_class.secret_names},
        {name: value for name in form_class.secret_names if (value := cleaned.get(name))},
    )


@transaction.atomic
def account_save(account: ChannelAccount) -> ChannelAccount:
    """Writes a checked account; a new default takes the place of the old one.

    Raises `ConflictError` when another account of the channel has that code.
    """
    transaction_lock(f"channel_accounts:{account.channel}")
    others = ChannelAccount.objects.filter(channel=account.channel).exclude(pk=account.pk)
    if others.filter(code=account.code).exists():
        raise ConflictError(f"编号 {account.code} 已被使用", attr="code")
    if account.is_default:
        others.filter(is_default=True).update(is_default=False)
    account.save()
    transaction.on_commit(accounts.forget)
    return account


def account_verify(account: ChannelAccount) -> Verification:
    """The cheapest harmless call to the provider with this account, and what it said.

    Raises `InvalidInputError` for a channel that nobody serves.
    """
    if account.channel not in registry.codes():
        raise InvalidInputError("这个渠道还没有启用", code="unknown_channel", attr="channel")
    channel = registry.get(account.channel)

    async def ask() -> Verification:
        try:
            async with asyncio.timeout(VERIFY_SECONDS):
                return await channel.verify(account, pool.session())
        except (TimeoutError, aiohttp.ClientError, OSError):
            return Verification(ok=False, code="no_answer", detail="平台没有应答，请检查地址与网络")

    found: Verification = pool.run_call(ask())
    return found


def _meant(given: Any, stored: str) -> Any:
    """Left empty, or sent back as it was read, a secret stays what it is."""
    return stored if not given or given == mask(stored) else given


def _unknown(part: str, given: Mapping[str, Any], known: Any) -> dict[str, list[str]]:
    return {f"{part}.{name}": ["没有这一项"] for name in given if name not in known}


def _path(form_class: type[AccountForm], name: str) -> str:
    if name == NON_FIELD_ERRORS:
        return "settings"
    return f"{'secrets' if name in form_class.secret_names else 'settings'}.{name}"
