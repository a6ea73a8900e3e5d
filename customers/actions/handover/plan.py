"""The dry run: who can receive whom, and what would move. Nothing of the customers changes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError, NotAllowedError
from customers.actions.handover import movers
from customers.actions.handover.judge import Judgement, judged
from customers.actions.handover.notes import note_owner
from customers.actions.handover.people import Candidate, candidates_of, check_people
from customers.actions.handover.selection import chunks, customers_bound_to, groups_of
from customers.actors import Actor
from customers.models import (
    Follower,
    FollowerStatus,
    Handover,
    HandoverItem,
    HandoverReason,
    HandoverState,
    User,
)

MESSAGE_LENGTH = 200
FINAL = (
    HandoverState.SKIPPED,
    HandoverState.LIMIT,
    HandoverState.FAILED,
)


@transaction.atomic
def handover_plan(
    *,
    from_user: User,
    candidates: Sequence[User],
    reason: HandoverReason,
    actor: Actor,
    customer_ids: Sequence[int] | None = None,
    message: str = "",
    moves_groups: bool = True,
) -> Handover:
    """A case as a draft, its items saying what would become of each; `report["plan"]` sums it up.

    Without `customer_ids`: everybody bound to `from_user`. Raises `NotAllowedError` for others than
    administrators, `InvalidInputError` naming the field.
    """
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以发起移交")
    check_people(from_user, candidates, attr="candidates")
    ids = sorted(set(customer_ids)) if customer_ids is not None else customers_bound_to(from_user)
    handover = handover_create(
        from_user=from_user,
        candidates=candidates,
        reason=reason,
        message=message,
        moves_groups=moves_groups,
        actor=actor,
    )
    groups = groups_of(from_user) if moves_groups else []
    if not ids and not groups:
        raise InvalidInputError("没有可移交的客户或客户群", attr="from_user")
    people = candidates_of(handover)
    judgements: dict[int, Judgement] = {}
    for part in chunks(ids):
        judgements |= judged(handover, part, people)
    known = {pk: found for pk, found in judgements.items() if found.code != "not_found"}
    items_create(handover, known)
    _groups_create(handover, groups, people)
    handover.report = {"plan": _plan(handover, judgements, groups, people)}
    handover.save(update_fields=["report"])
    return handover


def handover_create(
    *,
    from_user: User,
    candidates: Sequence[User],
    reason: HandoverReason,
    message: str,
    moves_groups: bool,
    actor: Actor,
) -> Handover:
    """An empty draft."""
    if len(message) > MESSAGE_LENGTH:
        raise InvalidInputError(f"不能超过 {MESSAGE_LENGTH} 个字", attr="message")
    return Handover.objects.create(
        from_user=from_user,
        candidates=[user.pk for user in candidates],
        reason=reason,
        message=message,
        moves_groups=moves_groups,
        created_by=actor.user,
    )


def items_create(handover: Handover, judgements: dict[int, Judgement]) -> None:
    HandoverItem.objects.bulk_create(
        [
            applied(HandoverItem(handover=handover, customer_id=pk), found)
            for pk, found in judgements.items()
        ],
        batch_size=1000,
    )


def applied(item: HandoverItem, found: Judgement) -> HandoverItem:
    """The item as it was judged."""
    item.state, item.code, item.detail = found.state, found.code, found.detail
    item.to_user = found.candidate.user if found.candidate else None
    item.attempt = found.candidate.place if found.candidate else 0
    item.finished_at = timezone.now() if found.state in FINAL else None
    note_owner(item, is_owner=found.is_owner)
    return item


def _groups_create(
    handover: Handover, group_ids: Sequence[int], people: Sequence[Candidate]
) -> None:
    taker = next((c for c in people if c.takes(on_platform=True)), None)
    HandoverItem.objects.bulk_create(
        HandoverItem(
            handover=handover,
            group_id=pk,
            to_user=taker.user if taker else None,
            attempt=taker.place if taker else 0,
            state=HandoverState.PENDING if taker else HandoverState.FAILED,
            code="" if taker else "no_wecom_id",
            detail="" if taker else "接替人没有企业微信账号",
            finished_at=None if taker else timezone.now(),
        )
        for pk in group_ids
    )


def _plan(
    handover: Handover,
    judgements: dict[int, Judgement],
    groups: Sequence[int],
    people: Sequence[Candidate],
) -> dict[str, Any]:
    going = [pk for pk, found in judgements.items() if found.state == HandoverState.PENDING]
    things: Counter[str] = Counter()
    for part in chunks(going):
        for name, counted in movers.counts(part, handover.from_user).items():
            things[name] += sum(counted.values())
    left_out = Counter(
        (found.state, found.code, found.detail)
        for found in judgements.values()
        if found.state != HandoverState.PENDING
    )
    return {
        "customers": len(judgements),
        "on_platform": sum(1 for pk in going if judgements[pk].on_platform),
        "local": sum(1 for pk in going if not judgements[pk].on_platform),
        "already_friends": sum(1 for pk in going if judgements[pk].is_friend),
        "limit": sum(1 for found in judgements.values() if found.state == HandoverState.LIMIT),
        "groups": len(groups),
        "moves": [
            {"name": name, "label": label, "count": things[name]}
            for name, label in movers.labels().items()
        ],
        "left_out": [
            {"state": state, "code": code, "detail": detail, "count": count}
            for (state, code, detail), count in left_out.most_common()
        ],
        "candidates": _receivers(people, judgements),
        "warnings": _warnings(handover),
    }


def _receivers(
    people: Sequence[Candidate], judgements: dict[int, Judgement]
) -> list[dict[str, Any]]:
    """Who can take over, in order, with how many friends they have already."""
    would = Counter(
        found.candidate.place for found in judgements.values() if found.candidate is not None
    )
    receivers = []
    for person in people:
        why = person.why_not
        if not why and not person.user.wecom_user_id:
            why = "没有企业微信账号，只能接替未加好友的客户"
        friends = Follower.objects.filter(
            wecom_user_id=person.user.wecom_user_id or "", status=FollowerStatus.ACTIVE
        )
        receivers.append(
            {
                "user_id": person.user.pk,
                "name": person.user.display_name,
                "can_receive": not person.why_not,
                "detail": why,
                "friends": friends.count() if person.user.wecom_user_id else 0,
                "first_asked": would[person.place],
            }
        )
    return receivers


def _warnings(handover: Handover) -> list[str]:
    user = handover.from_user
    has_left = user.resigned_at is not None or not user.is_active
    if handover.reason == HandoverReason.RESIGNED and not has_left:
        return [f"{user.display_name}还没有登记离职，平台只接受已离职成员的继承"]
    if handover.reason == HandoverReason.ON_JOB and has_left:
        return [f"{user.display_name}已离职，请改用离职继承"]
    return []
