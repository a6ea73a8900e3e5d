"""What the platform said becomes the state of the items: done, passed on to the next, or final."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from config.api.roles import Role
from config.events.publish import enqueue
from customers.actions.handover.judge import OPEN_CASES, OPEN_STATES
from customers.actions.handover.notes import note_asked
from customers.actions.handover.people import (
    Candidate,
    candidates_of,
    next_candidate,
)
from customers.actions.handover.settle import settle
from customers.actions.handover.start import QUEUE, TASK
from customers.actions.handover.transport import Answer, Verdict
from customers.actors import Actor, Entry
from customers.models import Handover, HandoverItem, HandoverState, User

# After an event of the platform its results are read again; many events lead to one reading.
SOON = timedelta(seconds=30)

NOT_TAKEN = {
    Verdict.REFUSED: HandoverState.REFUSED,
    Verdict.CANDIDATE_FULL: HandoverState.LIMIT,
    Verdict.CANDIDATE_UNFIT: HandoverState.FAILED,
}
FINAL = {
    Verdict.CUSTOMER_LIMIT: HandoverState.LIMIT,
    Verdict.FAILED: HandoverState.FAILED,
}
NO_RELATION_NOTE = "企业微信中已没有好友关系，只在本系统移交"


def case_actor(handover: Handover) -> Actor:
    """In the name of who started it: a decision of theirs, carried out by the system."""
    user = handover.created_by
    name = user.display_name if user else str(Entry.SYSTEM.label)
    return Actor(user, name, Role.ADMIN, Entry.SYSTEM)


def answers_apply(
    handover: Handover, to_user: User, answers: Mapping[str, Answer], *, items: Sequence[int]
) -> None:
    """Applies answers (by external user id) to those of `items` that still wait for `to_user`."""
    people = candidates_of(handover)
    with transaction.atomic():
        done: list[int] = []
        unrelated: list[int] = []
        changed: list[HandoverItem] = []
        for item in held_items(handover, items, to_user):
            assert item.customer is not None
            answer = answers.get(item.customer.external_userid or "")
            if answer is None:
                continue
            if answer.verdict == Verdict.DONE:
                done.append(item.pk)
            elif answer.verdict == Verdict.NO_RELATION:
                unrelated.append(item.pk)
            else:
                answer_note(item, answer, people)
                changed.append(item)
        items_save(changed)
    actor = case_actor(handover)
    if done:
        settle(handover=handover, item_ids=done, to_user=to_user, actor=actor, on_platform=True)
    if unrelated:
        settle(
            handover=handover,
            item_ids=unrelated,
            to_user=to_user,
            actor=actor,
            on_platform=False,
            note=NO_RELATION_NOTE,
        )


def held_items(handover: Handover, item_ids: Sequence[int], to_user: User) -> list[HandoverItem]:
    """Those that were submitted for `to_user` and wait; held, with their customers."""
    rows = HandoverItem.objects.filter(
        pk__in=item_ids,
        handover=handover,
        to_user=to_user,
        state__in=OPEN_STATES,
        submitted_at__isnull=False,
    ).order_by("pk")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(of=("self",), no_key=True)
    return list(rows.select_related("customer", "group", "to_user"))


def items_save(items: Sequence[HandoverItem]) -> None:
    HandoverItem.objects.bulk_update(
        items,
        [
            "state",
            "code",
            "detail",
            "to_user",
            "attempt",
            "moved",
            "submitted_at",
            "finished_at",
        ],
    )


def answer_note(item: HandoverItem, answer: Answer, people: Sequence[Candidate]) -> None:
    """Everything but what moves: waiting, final, or on to the next candidate. Not saved here."""
    if answer.verdict in NOT_TAKEN:
        pass_on(item, NOT_TAKEN[answer.verdict], answer.code, answer.detail, people)
        return
    item.code, item.detail = answer.code[:32], answer.detail[:300]
    if answer.verdict in FINAL:
        item.state, item.finished_at = FINAL[answer.verdict], timezone.now()
    else:
        item.state = HandoverState.WAITING


def pass_on(
    item: HandoverItem,
    state: HandoverState,
    code: str,
    detail: str,
    people: Sequence[Candidate],
) -> None:
    """The present candidate does not take over: to the next, or final when there is none."""
    now = timezone.now()
    note_asked(item, state=state, code=code, detail=detail)
    following = next_candidate(people, first_place=item.attempt + 1, on_platform=True)
    item.code, item.detail = code[:32], detail[:300]
    if following is None:
        item.state, item.finished_at = state, now
        return
    item.attempt, item.to_user = following.place, following.user
    item.state, item.submitted_at = HandoverState.PENDING, None


def transfer_failed(external_userid: str, user_id: str, reason: str) -> int:
    """The event `transfer_fail` (§2.4): `reason` customer_refused or customer_limit_exceed.

    `user_id` is one of the two members. Returns how many items it decided; strangers' events and
    repeated ones decide none.
    """
    is_full = reason == "customer_limit_exceed"
    verdict = Verdict.CANDIDATE_FULL if is_full else Verdict.REFUSED
    detail = "接替人的客户数已达上限" if is_full else "客户拒绝由接替人服务"
    waiting = _waiting_items().filter(
        Q(to_user__wecom_user_id=user_id) | Q(handover__from_user__wecom_user_id=user_id),
        customer__external_userid=external_userid,
    )
    answer = Answer(verdict, reason[:32], detail)
    return sum(_decide(pk, answer) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _decide(item_id: int, answer: Answer) -> int:
    """One answer to one item, which the platform pushed; the next candidate is asked at once."""
    item = HandoverItem.objects.select_related("handover", "to_user").get(pk=item_id)
    if item.to_user is None:
        return 0
    held = held_items(item.handover, [item_id], item.to_user)
    for found in held:
        answer_note(found, answer, candidates_of(item.handover))
    items_save(held)
    look_again(Q(pk=item.handover_id), timezone.now())
    enqueue(TASK, [[item.handover_id]], queue=QUEUE)
    return len(held)


@transaction.atomic
def follower_added(customer_id: int, wecom_user_id: str) -> None:
    """A member became a customer's friend: perhaps by a hand-over, so results are asked for soon.

    It is no proof: the customer may have added the member by themselves meanwhile.
    """
    waiting = _waiting_items().filter(customer_id=customer_id, to_user__wecom_user_id=wecom_user_id)
    look_again(Q(pk__in=waiting.values("handover_id")), timezone.now() + SOON)


def look_again(which: Q, at: datetime) -> None:
    """Brings the next look of these running cases forward."""
    cases = Handover.objects.filter(which, status__in=OPEN_CASES)
    cases.filter(next_poll_at__gt=at).update(next_poll_at=at)


def is_being_handed_over(external_userid: str, wecom_user_id: str) -> bool:
    """Whether we have asked the platform to take this customer from that member."""
    return (
        _waiting_items()
        .filter(
            customer__external_userid=external_userid,
            handover__from_user__wecom_user_id=wecom_user_id,
        )
        .exists()
    )


def _waiting_items() -> QuerySet[HandoverItem]:
    return HandoverItem.objects.filter(
        state__in=OPEN_STATES, submitted_at__isnull=False, handover__status__in=OPEN_CASES
    )
