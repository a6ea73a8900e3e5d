"""Starting a case; and the short way: these customers to that colleague, now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.events.publish import enqueue
from customers.actions.handover.judge import OPEN_STATES, judged, platform_customers
from customers.actions.handover.people import Candidate, candidates_of, check_people, why_not
from customers.actions.handover.plan import applied, handover_create, items_create
from customers.actions.handover.report import finish_if_done
from customers.actions.handover.selection import chunks
from customers.actions.handover.settle import settle
from customers.actors import Actor
from customers.models import (
    Handover,
    HandoverItem,
    HandoverReason,
    HandoverState,
    HandoverStatus,
    User,
)
from customers.visibility import customers_visible_to, handovers_visible_to

TASK = "customers.tasks.handovers.advance_handover"
QUEUE = "default"
# What one transaction settles.
SETTLED_AT_ONCE = 100


@dataclass(frozen=True)
class TransferResult:
    """`status` is done, waiting, failed or skipped (contract.md §3)."""

    customer_id: int
    status: str
    code: str = ""
    detail: str = ""


@transaction.atomic
def handover_start(*, handover_id: int, actor: Actor) -> Handover:
    """The draft as a running case, each item judged anew; a task does the moving.

    Raises `NotFoundError`, and `ConflictError` when it was started before or nobody can take over.
    """
    handover = _held(handover_id, actor)
    if handover.status != HandoverStatus.DRAFT:
        state = f"{handover.get_status_display()}（{handover.status}）"
        raise ConflictError(f"移交 {handover.pk} 已经开始，当前状态为{state}", attr="status")
    people = candidates_of(handover)
    if not any(person.takes(on_platform=False) for person in people):
        reasons = "、".join(f"{p.user.display_name}{p.why_not}" for p in people)
        raise ConflictError(f"没有可以接替的员工：{reasons}", attr="candidates")
    _judge_again(handover, people)
    _run(handover)
    return handover


def customers_transfer(
    *,
    customer_ids: Sequence[int],
    from_user: User,
    to_user: User,
    reason: HandoverReason,
    message: str,
    actor: Actor,
) -> tuple[Handover | None, list[TransferResult]]:
    """Hands these over; what becomes of each, in their order, and the case (None for no item).

    Who is no friend of `from_user` in WeCom is moved now, the others wait for the platform. Staff
    hand over their own customers, on the job. Raises `NotAllowedError`, `InvalidInputError`.
    """
    _check_transfer(from_user, to_user, reason, actor)
    ids = list(dict.fromkeys(customer_ids))
    visible = set(customers_visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    results = {
        pk: TransferResult(pk, "failed", "not_found", "没有这个客户")
        for pk in ids
        if pk not in visible
    }
    handover = None
    if visible:
        handover = _transfer(sorted(visible), from_user, to_user, reason, message, actor)
        results |= _results(handover)
    return handover, [results[pk] for pk in ids]


def _check_transfer(from_user: User, to_user: User, reason: HandoverReason, actor: Actor) -> None:
    if not actor.is_team:
        raise NotAllowedError("只有员工可以移交客户")
    if not actor.sees_all and (from_user != actor.user or reason != HandoverReason.ON_JOB):
        raise NotAllowedError("员工只能在职转移自己的客户")
    check_people(from_user, [to_user], attr="to_user")
    if refusal := why_not(to_user):
        raise InvalidInputError(f"{to_user.display_name}{refusal}，不能接替", attr="to_user")


@transaction.atomic
def _transfer(
    ids: Sequence[int],
    from_user: User,
    to_user: User,
    reason: HandoverReason,
    message: str,
    actor: Actor,
) -> Handover:
    transaction_lock(_giver_lock(from_user))
    handover = handover_create(
        from_user=from_user,
        candidates=[to_user],
        reason=reason,
        message=message,
        moves_groups=False,
        actor=actor,
    )
    people = candidates_of(handover)
    for part in chunks(ids):
        found = judged(handover, part, people)
        if not actor.sees_all:
            # Somebody else's customer may be in one's view by work; it is not one's to give.
            own = set(
                customers_visible_to(actor)
                .filter(pk__in=part, follow_user=from_user)
                .values_list("pk", flat=True)
            )
            for pk in set(part) - own:
                found[pk].state = HandoverState.SKIPPED
                found[pk].code, found[pk].detail = "from_user_mismatch", "不是移交人的客户"
        items_create(handover, found)
    _run(handover)
    move_local(handover, actor)
    finish_if_done(handover)
    return handover


def move_local(handover: Handover, actor: Actor) -> int:
    """Moves the waiting customers who are no friends of the giver in WeCom; returns how many."""
    moved = 0
    pending = HandoverItem.objects.filter(
        handover=handover,
        customer__isnull=False,
        to_user__isnull=False,
        state=HandoverState.PENDING,
        submitted_at__isnull=True,
    ).select_related("to_user")
    # Once through by number: what fails does not come again.
    last = 0
    while items := list(pending.filter(pk__gt=last).order_by("pk")[:SETTLED_AT_ONCE]):
        last = items[-1].pk
        ids = [item.customer_id for item in items if item.customer_id]
        related = platform_customers(handover.from_user, ids)
        by_user: dict[User, list[int]] = {}
        for item in items:
            if item.customer_id not in related and item.to_user is not None:
                by_user.setdefault(item.to_user, []).append(item.pk)
        for to_user, item_ids in by_user.items():
            moved += settle(
                handover=handover,
                item_ids=item_ids,
                to_user=to_user,
                actor=actor,
                on_platform=False,
            )
    return moved


def _held(handover_id: int, actor: Actor) -> Handover:
    """The case, held; starts of one giver come one after the other."""
    visible = handovers_visible_to(actor).filter(pk=handover_id)
    found = visible.select_related("from_user").first()
    if found is None:
        raise NotFoundError(f"没有移交 {handover_id}")
    transaction_lock(_giver_lock(found.from_user))
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    return visible.select_related("from_user").get()


def _giver_lock(user: User) -> str:
    return f"handover.from:{user.pk}"


def _judge_again(handover: Handover, people: Sequence[Candidate]) -> None:
    """A draft may be days old."""
    items = {
        item.customer_id: item
        for item in handover.items.filter(customer__isnull=False)
        if item.customer_id is not None
    }
    for part in chunks(list(items)):
        found = judged(handover, part, people)
        HandoverItem.objects.bulk_update(
            [applied(items[pk], found[pk]) for pk in part],
            ["state", "code", "detail", "to_user", "attempt", "moved", "finished_at"],
        )


def _run(handover: Handover) -> None:
    handover.status = HandoverStatus.RUNNING
    handover.next_poll_at = timezone.now()
    handover.report = {**handover.report, "started_at": timezone.now().isoformat()}
    handover.save(update_fields=["status", "next_poll_at", "report"])
    enqueue(TASK, [[handover.pk]], queue=QUEUE)


def _results(handover: Handover) -> dict[int, TransferResult]:
    results: dict[int, TransferResult] = {}
    for item in handover.items.filter(customer__isnull=False):
        assert item.customer_id is not None
        status = {HandoverState.DONE: "done", HandoverState.SKIPPED: "skipped"}.get(
            HandoverState(item.state), "failed"
        )
        detail = item.detail
        if item.state in OPEN_STATES:
            status, detail = "waiting", "已排队，等待企业微信处理（24 小时内生效）"
        results[item.customer_id] = TransferResult(item.customer_id, status, item.code, detail)
    return results
