"""Asking the platform: at most once for each customer and candidate, whatever dies when.

An item is marked `submitted_at` before the call. If nobody writes the answer down (the process
died, the call went dead), the item stays pending and marked, and the results are asked for it
before it is ever submitted again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from customers.actions.handover.groups import groups_apply
from customers.actions.handover.people import candidates_of, why_not
from customers.actions.handover.results import answers_apply, items_save, pass_on
from customers.actions.handover.transport import (
    MOST_IN_A_CALL,
    Answer,
    Transport,
    TransportError,
    Verdict,
)
from customers.models import Handover, HandoverItem, HandoverReason, HandoverState, User

# A submission without a written answer is given up for dead after so long; no call takes longer.
LEASE = timedelta(seconds=120)


@dataclass(frozen=True)
class Batch:
    """Items just marked as submitted for one candidate."""

    to_user: User
    items: Sequence[HandoverItem]
    submitted_at: datetime

    @property
    def ids(self) -> list[int]:
        return [item.pk for item in self.items]


def is_resigned(handover: Handover) -> bool:
    return handover.reason == HandoverReason.RESIGNED


def pending(handover: Handover, *, groups: bool) -> QuerySet[HandoverItem]:
    """What has not been submitted to its present candidate."""
    return handover.items.filter(
        group__isnull=not groups, state=HandoverState.PENDING, submitted_at__isnull=True
    )


@transaction.atomic
def pass_unfit(handover: Handover) -> None:
    """What waits for somebody who can no longer take over goes to the next."""
    people = candidates_of(handover)
    changed = []
    for item in _held(pending_all(handover)):
        refusal = why_not(item.to_user) if item.to_user else "账号已删除"
        if refusal:
            pass_on(item, HandoverState.FAILED, "candidate_unfit", refusal, people)
            changed.append(item)
    items_save(changed)


def pending_all(handover: Handover) -> QuerySet[HandoverItem]:
    return handover.items.filter(state=HandoverState.PENDING, submitted_at__isnull=True)


def submit_customers(handover: Handover, transport: Transport) -> int:
    """One call for one candidate; returns how many customers it was about, 0 when none wait."""
    batch = _claim(handover, groups=False)
    if batch is None:
        return 0
    external = [item.customer.external_userid or "" for item in batch.items if item.customer]
    try:
        answers = transport.submit(
            is_resigned=is_resigned(handover),
            from_userid=handover.from_user.wecom_user_id or "",
            to_userid=batch.to_user.wecom_user_id or "",
            external_userids=external,
            message=handover.message,
        )
    except TransportError as error:
        if not error.may_have_arrived:
            release(batch.ids, batch.submitted_at)
        raise
    unsaid = Answer(Verdict.FAILED, "no_answer", "平台没有答复这位客户")
    said = {userid: answers.get(userid, unsaid) for userid in external}
    answers_apply(handover, batch.to_user, said, items=batch.ids)
    return len(batch.items)


def release(item_ids: Sequence[int], submitted_at: datetime | None = None) -> None:
    """These never reached the platform: they are to be submitted (again)."""
    items = HandoverItem.objects.filter(pk__in=item_ids, state=HandoverState.PENDING)
    if submitted_at is not None:
        items = items.filter(submitted_at=submitted_at)
    items.update(submitted_at=None)


@transaction.atomic
def _claim(handover: Handover, *, groups: bool) -> Batch | None:
    """Marks the next items of one candidate; another worker's are passed by."""
    first = pending(handover, groups=groups).order_by("attempt", "pk").first()
    if first is None or first.to_user_id is None:
        return None
    rows = pending(handover, groups=groups).filter(to_user_id=first.to_user_id).order_by("pk")
    items = _held(rows, most=MOST_IN_A_CALL)
    if not items:
        return None
    now = timezone.now()
    HandoverItem.objects.filter(pk__in=[item.pk for item in items]).update(submitted_at=now)
    to_user = items[0].to_user
    assert to_user is not None
    return Batch(to_user, items, now)


def _held(rows: QuerySet[HandoverItem], most: int | None = None) -> list[HandoverItem]:
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    rows = rows.select_related("customer", "group", "to_user")
    return list(rows[:most] if most else rows)


def submit_groups(handover: Handover, transport: Transport) -> int:
    """One call for the groups; they change hands at once."""
    batch = _claim(handover, groups=True)
    if batch is None:
        return 0
    chat_ids = [item.group.chat_id for item in batch.items if item.group]
    try:
        answers = transport.submit_groups(
            is_resigned=is_resigned(handover),
            chat_ids=chat_ids,
            to_userid=batch.to_user.wecom_user_id or "",
        )
    except TransportError as error:
        if not error.may_have_arrived:
            release(batch.ids, batch.submitted_at)
        raise
    unsaid = Answer(Verdict.FAILED, "no_answer", "平台没有答复这个群")
    groups_apply(
        handover,
        batch.to_user,
        {chat_id: answers.get(chat_id, unsaid) for chat_id in chat_ids},
        items=batch.ids,
    )
    return len(batch.items)
