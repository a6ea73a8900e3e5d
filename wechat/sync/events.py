"""The platform's events: of the app, and about people, groups and tags (wechat-protocol.md §2).

What an event says is written at once, in the callback's transaction; what it leaves out is read by a
job, a moment later where the platform's own details lag behind.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from wechat.callbacks import app_events
from wechat.kf import doorbell
from wechat.models import SyncJobKind
from wechat.sync import chat_events, contact_events, member_events
from wechat.sync.jobs import wish
from wechat.sync.payloads import moment

# Each takes the payload and when it happened; what it answers is for operators to read.
Handler = Callable[[dict[str, Any], datetime], str]

CORP_TAGS_KEY = "all"


def tags_changed(payload: dict[str, Any], at: datetime) -> str:
    """Made, renamed, deleted, put in another order: the list is one call."""
    wish(SyncJobKind.PULL_TAGS, CORP_TAGS_KEY)
    return "读取企业标签"


HANDLERS: dict[str, Handler] = {
    "change_external_contact.add_external_contact": contact_events.added,
    "change_external_contact.add_half_external_contact": contact_events.added,
    "change_external_contact.edit_external_contact": contact_events.edited,
    "change_external_contact.del_external_contact": contact_events.removed_by_staff,
    "change_external_contact.del_follow_user": contact_events.removed_by_customer,
    "change_external_contact.transfer_fail": contact_events.transfer_failed,
    "change_external_chat.create": chat_events.created,
    "change_external_chat.update": chat_events.updated,
    "change_external_chat.dismiss": chat_events.dismissed,
    **dict.fromkeys(
        [f"change_external_tag.{change}" for change in ("create", "update", "delete", "shuffle")],
        tags_changed,
    ),
    **app_events.HANDLERS,
    "change_external_contact.msg_audit_approved": contact_events.audit_approved,
    **member_events.HANDLERS,
    "change_contact.create_user": member_events.arrived,
    "change_contact.update_user": member_events.changed,
    "change_contact.delete_user": member_events.left,
    "kf_msg_or_event": doorbell.rung,
}


def event_apply(event: str, payload: dict[str, Any]) -> str | None:
    """What was done about it, for operators; None for an event that nobody here acts on.

    Inside the callback's transaction.
    """
    handler = HANDLERS.get(event)
    if handler is None:
        return None
    return handler(payload, moment(payload.get("CreateTime")) or timezone.now())
