"""Asking what has become of what was submitted, page by page."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.actions.handover.groups import groups_apply
from customers.actions.handover.results import answers_apply
from customers.actions.handover.submit import LEASE, is_resigned, release
from customers.actions.handover.transport import Answer, Transport, TransportError, Verdict
from customers.models import Handover, HandoverItem, HandoverState, User

# Final after 24 h (§4.5); what has no result long after that will have none.
GIVEN_UP_AFTER = timedelta(hours=48)


def poll_customers(handover: Handover, transport: Transport) -> None:
    """Reads the results of every candidate who has been asked."""
    asked = _open_submissions(handover, groups=False)
    users = User.objects.filter(pk__in=asked.values("to_user_id"))
    for to_user in users.order_by("pk"):
        _poll_one(handover, transport, to_user)


def _open_submissions(handover: Handover, *, groups: bool) -> QuerySet[HandoverItem]:
    """Those that wait, and those whose submission nobody lives to write down."""
    dead = Q(state=HandoverState.PENDING, submitted_at__lt=timezone.now() - LEASE)
    return handover.items.filter(Q(state=HandoverState.WAITING) | dead, group__isnull=not groups)


def _poll_one(handover: Handover, transport: Transport, to_user: User) -> None:
    mine = _open_submissions(handover, groups=False).filter(to_user=to_user)
    external = dict(mine.values_list("customer__external_userid", "pk"))
    name = str(to_user.pk)
    cursor = str(handover.cursor.get(name, ""))
    is_whole = not cursor
    found: set[str] = set()
    while True:
        try:
            page = transport.results(
                is_resigned=is_resigned(handover),
                from_userid=handover.from_user.wecom_user_id or "",
                to_userid=to_user.wecom_user_id or "",
                cursor=cursor,
            )
        except TransportError:
            # A cursor may have grown old: the next reading begins at the beginning.
            _keep(handover, name, "")
            raise
        known = [userid for userid in page.answers if userid in external]
        found.update(known)
        answers_apply(handover, to_user, page.answers, items=[external[userid] for userid in known])
        cursor = page.next_cursor
        _keep(handover, name, cursor)
        if not cursor:
            break
    if is_whole:
        _conclude([pk for userid, pk in external.items() if userid not in found])


def _conclude(item_ids: list[int]) -> None:
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


def _keep(handover: Handover, name: str, cursor: str) -> None:
    if handover.cursor.get(name, "") == cursor:
        return
    handover.cursor = {**handover.cursor, name: cursor}
    Handover.objects.filter(pk=handover.pk).update(cursor=handover.cursor)


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
