"""From claimed messages to calls: which can be sent at all, and which may share one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from messaging.channels.base import Outbound, Outcome, Result
from messaging.channels.sms.form import PROVIDERS
from messaging.channels.sms.provider import Access, Provider, Sms, access_of


@dataclass(frozen=True, slots=True)
class Ready:
    provider: Provider
    access: Access
    sms: Sms


def ready(outbound: Outbound) -> Ready | Result:
    """The message as its account's provider takes it, or why it cannot be sent."""
    account, payload = outbound.account, outbound.payload
    provider = PROVIDERS.get(str(account.settings.get("provider"))) if account else None
    if account is None or provider is None:
        return Result(Outcome.PERMANENT, "no_account", "没有配置短信账号")
    access = access_of(account)
    if not access.is_allowed:
        return Result(Outcome.PERMANENT, "host_not_allowed", "接口地址不在允许的主机名单内")
    code, params = payload.get("template_code"), payload.get("template_params")
    if not isinstance(code, str) or not code:
        return Result(Outcome.PERMANENT, "no_template_code", "缺少短信平台的模板编号")
    if params and not isinstance(params, provider.params_type):
        wanted = "对象" if provider.params_type is dict else "列表"
        return Result(
            Outcome.PERMANENT, "bad_template_params", f"该平台的 template_params 必须是{wanted}"
        )
    return Ready(provider, access, Sms(outbound.message_id, outbound.recipient, code, params))


def grouped(outbounds: Sequence[Outbound]) -> list[list[Outbound]]:
    """By account and what its provider asks to be equal; a number is never twice in a call."""
    groups: list[list[Outbound]] = []
    filling: dict[Any, list[Outbound]] = {}
    for outbound in outbounds:
        found = ready(outbound)
        shared = None if isinstance(found, Result) else found.provider.shared(found.sms)
        if isinstance(found, Result) or shared is None:
            groups.append([outbound])
            continue
        key = (found.access, shared)
        group = filling.get(key)
        if group is None or len(group) == found.provider.most_together or _has(group, outbound):
            group = filling[key] = []
            groups.append(group)
        group.append(outbound)
    return groups


def _has(group: Sequence[Outbound], outbound: Outbound) -> bool:
    return any(other.recipient == outbound.recipient for other in group)
