"""An item of sync_msg, worked in its callback's transaction (§4.6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from config.events.publish import enqueue
from tickets.assistant import reception, saying
from tickets.chat.entries.people import customer_known
from tickets.models import Intent
from wechat.kf import events, notes
from wechat.kf.chat_entry import ENTRY
from wechat.kf.contents import MEDIA, said
from wechat.kf.doorbell import QUEUE
from wechat.kf.states import SERVED, customer_speaks, kf_customer
from wechat.models import Callback, KfAccount, KfCustomer, KfState

CUSTOMER, SERVICER = 3, 5
MEDIA_TASK = "wechat.tasks.kf.fetch_media"
PEOPLE_TASK = "wechat.tasks.kf.read_customer"
# Without a cursor the platform begins three days back: what was said before we knew of the account
# has been answered by others.
LEEWAY = timedelta(minutes=10)
_LATEST = 2**33


def item_apply(callback: Callback, answer_by: float | None = None) -> str | None:
    """What was done about it, for operators; None for what nobody here acts on.

    Nobody waits for the answer: items are read, not brought (`answer_by`).
    """
    item = callback.payload
    inner = item.get("event")
    event: dict[str, Any] = inner if isinstance(inner, dict) else {}
    open_kfid = str(item.get("open_kfid") or event.get("open_kfid") or "")[:64]
    external_userid = str(item.get("external_userid") or "")[:64]
    if not open_kfid or not (event or external_userid):
        return None
    account = KfAccount.objects.get_or_create(open_kfid=open_kfid)[0]
    at = moment(item.get("send_time"))
    if at < account.created_at - LEEWAY:
        return "账号接入之前的消息，未受理"
    if item.get("msgtype") == "event":
        return events.event_apply(account, event, at)
    row = kf_customer(account, external_userid)
    if item.get("origin") == CUSTOMER:
        return _customer_wrote(callback, row, at)
    return _servicer_wrote(callback, row) if item.get("origin") == SERVICER else None


def _servicer_wrote(callback: Callback, row: KfCustomer) -> str:
    who = str(callback.payload.get("servicer_userid") or "（未知）")
    notes.history_in(
        row, said(callback.payload), external_id=callback.dedupe_key, servicer=who[:64]
    )
    return f"接待人员 {who} 的回复"


def _servicer_reads(callback: Callback, row: KfCustomer) -> str:
    """Who serves them reads it in WeCom; whatever we said would be refused."""
    item = callback.payload
    kept = notes.history_in(row, said(item), external_id=callback.dedupe_key)
    if kept is not None and item.get("msgtype") in MEDIA:
        enqueue(MEDIA_TASK, [[callback.pk]], queue=QUEUE)
    return f"{KfState(row.state).label}，由企业微信接待人员处理"


def _customer_wrote(callback: Callback, row: KfCustomer, at: datetime) -> str:
    item, external_userid = callback.payload, row.external_userid
    customer_speaks(row)
    if row.state in SERVED:
        return _servicer_reads(callback, row)
    where: dict[str, Any] = {
        "entry": ENTRY.code,
        "address": external_userid,
        "entry_account": row.account.open_kfid,
        "external_id": callback.dedupe_key,
        "at": at,
    }
    intent = _chosen(item)
    if intent is not None:
        heard = reception.hear_choice(intent=intent, **where)
    else:
        heard = reception.hear(content=said(item), **where)
    if heard.reply:
        saying.say(
            entry=ENTRY.code,
            address=external_userid,
            text=heard.reply,
            entry_account=row.account.open_kfid,
        )
    if heard.chat_id is not None and item.get("msgtype") in MEDIA:
        enqueue(MEDIA_TASK, [[callback.pk]], queue=QUEUE)
    customer = customer_known(ENTRY, external_userid, row.account.open_kfid)
    if customer is not None and customer.external_userid is None:
        enqueue(PEOPLE_TASK, [[row.pk]], queue=QUEUE)
    return heard.reply or heard.note or "已转交助手"


def _chosen(item: dict[str, Any]) -> Intent | None:
    """A line of our welcome's menu, which comes back with its id."""
    text = item.get("text")
    chosen = text.get("menu_id") if isinstance(text, dict) else None
    return Intent(chosen) if chosen in Intent.values else None


def moment(seconds: Any) -> datetime:
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < _LATEST:
        return datetime.fromtimestamp(seconds, UTC)
    return timezone.now()
