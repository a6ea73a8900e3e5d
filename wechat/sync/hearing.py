"""Which changes made here are to be written to WeCom."""

from typing import Any

from django.conf import settings
from django.db import transaction

from config.events.subscribers import first_time, subscribe
from customers.actors import Entry
from wechat.models import SyncJobKind
from wechat.sync.jobs import wish

TASK = "wechat.sync.tasks.hear_customer"
CONSUMER = "wechat.sync"
HEARD = (
    "customer.tag.added",
    "customer.tag.removed",
    "customer.updated",
    "customer.assigned",
    "customer.merged",
)
NOTES = frozenset({"remark", "description", "company"})


def register() -> None:
    for event_type in HEARD:
        subscribe(event_type, TASK)


@transaction.atomic
def hear_customer(envelope: dict[str, Any]) -> None:
    """Wishes for what is to be written; what WeCom told us is not told back."""
    data = envelope["data"]
    if not settings.WECOM_CORP_SECRET or not data.get("external_userid"):
        return
    if data.get("entry") == Entry.WECOM_SYNC or not first_time(CONSUMER, envelope):
        return
    key, event_type = str(data["customer_id"]), envelope["type"]
    if event_type != "customer.updated":
        wish(SyncJobKind.PUSH_TAGS, key)
    if event_type == "customer.assigned":
        wish(SyncJobKind.PUSH_REMARK, key)
    changed = NOTES & set(data.get("fields") or [])
    if event_type == "customer.updated" and changed:
        wish(SyncJobKind.PUSH_REMARK, key, fields=changed)
