"""Reading an account's pages: each with the cursor behind it in one transaction (§4.6).

A worker may die anywhere: what was not kept is asked for again from the last cursor, and an item
that was kept already is known by its `msgid`.
"""

import hashlib
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from config.events.publish import enqueue
from config.logs import get_logger
from messaging.channels.base import Outcome, Result
from wechat.callbacks.dedupe import KEY_LENGTH
from wechat.callbacks.storable import storable
from wechat.callbacks.storing import WORK_QUEUE, WORK_TASK
from wechat.client.blocking import BlockingClient, PlatformRefusal
from wechat.kf import leases
from wechat.kf.doorbell import QUEUE, READ_TASK
from wechat.kf.leases import LEASE_SECONDS, Lease
from wechat.models import Callback, CallbackSource, KfAccount

logger = get_logger(__name__)

ITEMS_A_PAGE = 1000
TASK_SECONDS = 40.0
TOKEN_MINUTES = 9
CURSOR_LENGTH = 128
INVALID_TOKEN = 95007


def read(account_id: int, seconds: float = TASK_SECONDS) -> None:
    """Everything new at the account, page after page; hands on when its time is over."""
    ends_at = time.monotonic() + seconds
    with BlockingClient() as client:
        while (lease := leases.take(account_id)) is not None:
            try:
                is_through = _read_pages(client, lease, ends_at)
            except PlatformRefusal as refusal:
                logger.warning("kf_read_refused", account=account_id, code=refusal.result.code)
                leases.refused(lease, refusal.result)
                return
            if not is_through:
                return


def read_due() -> int:
    """Every five seconds: what no task reads, though somebody rang. Returns how many accounts."""
    waiting = leases.due()
    enqueue(READ_TASK, [[pk] for pk in waiting], queue=QUEUE)
    return len(waiting)


def _read_pages(client: BlockingClient, lease: Lease, ends_at: float) -> bool:
    """Whether the last page was read; False when the lease went to another, or time is over."""
    while True:
        account = KfAccount.objects.filter(pk=lease.account_id, lease=lease.token).first()
        if account is None:
            return False
        page = _page(client, account)
        has_more = bool(page.get("has_more"))
        cursor = _cursor_of(page, account, has_more=has_more)
        items = page.get("msg_list")
        if not _keep(lease, account.cursor, cursor, items if isinstance(items, list) else []):
            return False
        if not has_more:
            return leases.finish(lease, account.wanted)
        if time.monotonic() >= ends_at:
            leases.hand_on(lease)
            enqueue(READ_TASK, [[lease.account_id]], queue=QUEUE)
            return False


def _page(client: BlockingClient, account: KfAccount) -> dict[str, Any]:
    """With the doorbell's token while it is good: without one the platform throttles strictly."""
    body: dict[str, Any] = {"open_kfid": account.open_kfid, "limit": ITEMS_A_PAGE}
    if account.cursor:
        body["cursor"] = account.cursor
    rung_at = account.doorbell_at
    if (
        account.doorbell_token
        and rung_at is not None
        and (timezone.now() - rung_at < timedelta(minutes=TOKEN_MINUTES))
    ):
        try:
            return client.post("kf/sync_msg", {**body, "token": account.doorbell_token})
        except PlatformRefusal as refusal:
            if refusal.errcode != INVALID_TOKEN:
                raise
    return client.post("kf/sync_msg", body)


def _cursor_of(page: dict[str, Any], account: KfAccount, *, has_more: bool) -> str:
    """Where the next page begins; a platform that would have us turn in circles is refused."""
    cursor = str(page.get("next_cursor") or account.cursor)
    if len(cursor) > CURSOR_LENGTH or (has_more and cursor == account.cursor):
        odd = Result(Outcome.PERMANENT, "bad_cursor", "平台返回的游标无法使用")
        raise PlatformRefusal(odd)
    return cursor


@transaction.atomic
def _keep(lease: Lease, before: str, cursor: str, items: Sequence[Any]) -> bool:
    """The page's items as callbacks, their tasks, and the cursor; False when the lease is gone."""
    moved = KfAccount.objects.filter(pk=lease.account_id, lease=lease.token, cursor=before).update(
        cursor=cursor, lease_until=timezone.now() + timedelta(seconds=LEASE_SECONDS)
    )
    if not moved:
        return False
    found = {key: item for item in items if isinstance(item, dict) for key in [key_of(item)]}
    kept = Callback.objects.filter(source=CallbackSource.KF)
    known = set(kept.filter(dedupe_key__in=found).values_list("dedupe_key", flat=True))
    rows = [_row(key, item) for key, item in found.items() if key not in known]
    Callback.objects.bulk_create(rows, ignore_conflicts=True)
    keys = [row.dedupe_key for row in rows]
    new = kept.filter(dedupe_key__in=keys).order_by("pk").values_list("pk", flat=True)
    enqueue(WORK_TASK, [[pk] for pk in new], queue=WORK_QUEUE)
    return True


def key_of(item: dict[str, Any]) -> str:
    """The platform's own number of it."""
    msgid = item.get("msgid")
    if isinstance(msgid, str) and 0 < len(msgid) <= KEY_LENGTH and storable(msgid) == msgid:
        return msgid
    return f"sha256:{hashlib.sha256(orjson.dumps(item, option=orjson.OPT_SORT_KEYS)).hexdigest()}"


def _row(key: str, item: dict[str, Any]) -> Callback:
    payload: dict[str, Any] = storable(item)
    event = payload.get("event")
    inner = event if isinstance(event, dict) else {}
    whose = str(payload.get("external_userid") or inner.get("external_userid") or "")
    kind = str(inner.get("event_type") or "") if payload.get("msgtype") == "event" else ""
    return Callback(
        source=CallbackSource.KF,
        dedupe_key=key,
        conversation=whose[:64],
        event=f"kf.{kind}"[:64] if payload.get("msgtype") == "event" else "",
        payload=payload,
    )
