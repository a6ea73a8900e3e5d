"""Asking what has become of what was submitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.actions.handover.groups import groups_apply
from customers.actions.handover.results import answers_apply
from customers.actions.handover.selection import chunks
from customers.actions.handover.submit import LEASE, is_resigned, release
from customers.actions.handover.transport import Answer, Transport, Verdict
from customers.models import Handover, HandoverItem, HandoverState, User

# Final after 24 h (§4.5); what has no result long after that will have none.
GIVEN_UP_AFTER = timedelta(hours=48)
# The platform's clock and ours may differ by so much.
CLOCK_SLACK = timedelta(minutes=5)
APPLIED_AT_ONCE = 100
# Of several records of one customer between the same two members, the present one.
RANK = {Verdict.WAITING: 2, Verdict.DONE: 1}


@dataclass(frozen=True)
class Asked:
    """A submitted item; `is_unknown`: nobody lives to say whether the platform heard of it."""

    pk: int
    customer_id: int
    external_userid: str
    submitted_at: datetime
    is_unknown: bool


def poll_customers(handover: Handover, transport: Transport) -> None:
    """Reads the results of every candidate who has been asked."""
    asked = _open_submissions(handover, groups=False)
    users = User.objects.filter(pk__in=asked.values("to_user_id"))
    for to_user in users.order_by("pk"):
        _poll_one(handover, transport, to_user)


def _open_submissions(handover: Handover, *, groups: bool) -> QuerySet[HandoverItem]:
    dead = Q(state=HandoverState.PENDING, submitted_at__lt=timezone.now() - LEASE)
    return handover.items.filter(Q(state=HandoverState.WAITING) | dead, group__isnull=not groups)


def _poll_one(handover: Handover, transport: Transport, to_user: User) -> None:
    rows = _open_submissions(handover, groups=False).filter(to_user=to_user)
    asked = [
        Asked(pk, customer_id, userid or "", at, state == HandoverState.PENDING)
        for pk, customer_id, userid, at, state in rows.order_by("pk").values_list(
            "pk", "customer_id", "customer__external_userid", "submitted_at", "state"
        )
        if customer_id is not None and at is not None
    ]
    records = _read_all(handover, transport, to_user)
    repeated = _asked_before(handover, to_user, [one for one in asked if one.is_unknown])
    said: dict[int, tuple[str, Answer]] = {}
    unsaid: list[int] = []
    for one in asked:
        answer = _present(records.get(one.external_userid, []), one, repeated)
        if answer is None:
            unsaid.append(one.pk)
        else:
            said[one.pk] = (one.external_userid, answer)
    for part in chunks(list(said), APPLIED_AT_ONCE):
        answers_apply(handover, to_user, dict(said[pk] for pk in part), items=part)
    _conclude(unsaid)


def _read_all(handover: Handover, transport: Transport, to_user: User) -> dict[str, list[Answer]]:
    """Every record between the two, of today and of before, by external user id."""
    records: dict[str, list[Answer]] = {}
    cursor = ""
    while True:
        page = transport.results(
            is_resigned=is_resigned(handover),
            from_userid=handover.from_user.wecom_user_id or "",
            to_userid=to_user.wecom_user_id or "",
            cursor=cursor,
        )
        for userid, answer in page.answers:
            records.setdefault(userid, []).append(answer)
        cursor = page.next_cursor
        if not cursor:
            return records


def _present(answers: Sequence[Answer], one: Asked, repeated: set[int]) -> Answer | None:
    """The record of this submission: not one of an earlier hand-over between the same two.

    Refusals carry no time: of an item of which it is unknown whether it arrived, and whose customer
    was asked the same before, a refusal may be the old one; it is asked again.
    """
    fresh = [
        answer
        for answer in answers
        if (answer.at is None or answer.at >= one.submitted_at - CLOCK_SLACK)
        and not (answer.at is None and one.is_unknown and one.customer_id in repeated)
    ]
    return max(fresh, key=lambda answer: RANK.get(answer.verdict, 0), default=None)


def _asked_before(handover: Handover, to_user: User, unknown: Sequence[Asked]) -> set[int]:
    """Those of whom the same two were asked in an earlier case."""
    if not unknown:
        return set()
    earlier = HandoverItem.objects.filter(
        customer_id__in=[one.customer_id for one in unknown],
        handover__from_user=handover.from_user,
        handover_id__lt=handover.pk,
    )
    return {
        customer_id
        for customer_id, candidates in earlier.values_list("customer_id", "handover__candidates")
        if customer_id is not None and to_user.pk in candidates
    }


def _conclude(item_ids: Sequence[int]) -> None:
    """The platform knows nothing of these: never arrived, or lost there."""
    release(item_ids)
    HandoverItem.objects.filter(
        pk__in=item_ids,
        state=HandoverState.WAITING,
        submitted_at__lt=timezone.now() - GIVEN_UP_AFTER,
    ).update(
        state=HandoverState.FAILED,
        code="no_result",
        detail="平台没有给出结果，请在企业微信后台核对",
        finished_at=timezone.now(),
    )


def poll_groups(handover: Handover, transport: Transport) -> None:
    """Groups whose transfer nobody wrote down: whose are they now?"""
    rows = _open_submissions(handover, groups=True).select_related("group", "to_user")
    for item in rows.order_by("pk"):
        if item.group is None or item.to_user is None:
            continue
        owner = transport.group_owner(item.group.chat_id)
        if owner == item.to_user.wecom_user_id:
            done = {item.group.chat_id: Answer(Verdict.DONE)}
            groups_apply(handover, item.to_user, done, items=[item.pk])
        else:
            release([item.pk])
