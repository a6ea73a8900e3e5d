"""Writing items, and what stands in a page of sync_msg."""

import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from wechat.simulator.kf.models import KfAccount, KfCode, KfItem, Origin

TOKEN_MINUTES = 10
EVENT_CODE_SECONDS = 20


def item_write(
    account: KfAccount,
    origin: Origin,
    content: dict[str, Any],
    *,
    external_userid: str = "",
    servicer_userid: str = "",
    msgid: str = "",
) -> KfItem:
    """The caller holds the account."""
    return KfItem.objects.create(
        account=account,
        msgid=msgid or secrets.token_urlsafe(24),
        external_userid=external_userid,
        servicer_userid=servicer_userid,
        origin=origin,
        content=content,
    )


def event_write(account: KfAccount, kind: str, **fields: Any) -> KfItem:
    """An item of the platform's own; whom it is about stands inside the event."""
    event = {"event_type": kind, "open_kfid": account.open_kfid, **fields}
    return item_write(
        account,
        Origin.SYSTEM,
        {"msgtype": "event", "event": event},
        external_userid=str(fields.get("external_userid") or ""),
    )


def told(item: KfItem) -> dict[str, Any]:
    """As it stands in `msg_list`."""
    line: dict[str, Any] = {
        "msgid": item.msgid,
        "send_time": int(item.send_time.timestamp()),
        "origin": item.origin,
        **item.content,
    }
    if item.origin != Origin.SYSTEM:
        line |= {"open_kfid": item.account.open_kfid, "external_userid": item.external_userid}
    if item.servicer_userid:
        line["servicer_userid"] = item.servicer_userid
    return line


def code_make(account: KfAccount, seconds: float, external_userid: str = "") -> str:
    return KfCode.objects.create(
        account=account,
        value=secrets.token_urlsafe(24),
        external_userid=external_userid,
        expires_at=timezone.now() + timedelta(seconds=seconds),
    ).value
