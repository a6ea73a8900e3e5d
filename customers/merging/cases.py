"""Two records that may be one person: what the machine may not decide, a person does."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from customers.actors import Actor
from customers.merging.merge import customers_merge
from customers.models import Customer, CustomerStatus, MergeCase, MergeReason, MergeStatus

NOTE_LENGTH = 200


def case_open(
    one: Customer, other: Customer, *, reason: MergeReason, evidence: Sequence[str]
) -> MergeCase:
    """The question about the two; one that was asked before stays as it is, and as answered."""
    first, second = sorted((one.pk, other.pk))
    case, _ = MergeCase.objects.get_or_create(
        first_id=first,
        second_id=second,
        defaults={"reason": reason, "evidence": list(evidence)},
    )
    return case


def cases_visible_to(actor: Actor) -> QuerySet[MergeCase]:
    """Merging is administrators' business."""
    rows = MergeCase.objects.select_related("first", "second", "decided_by")
    return rows if actor.sees_all else rows.none()


@transaction.atomic
def case_propose(*, first_id: int, second_id: int, note: str, actor: Actor) -> MergeCase:
    """Somebody thinks that the two are one; dismissed before, it is asked again.

    For administrators. Raises `InvalidInputError` naming `second`, `NotFoundError`.
    """
    _require_admin(actor)
    if first_id == second_id:
        raise InvalidInputError("请选择两位不同的客户", attr="second")
    live = Customer.objects.exclude(status=CustomerStatus.DELETED)
    found = {one.pk: one for one in live.filter(pk__in=(first_id, second_id))}
    for pk in (first_id, second_id):
        if pk not in found:
            raise NotFoundError(f"没有客户 {pk}")
    case = case_open(
        found[first_id],
        found[second_id],
        reason=MergeReason.MANUAL,
        evidence=[f"{actor.name} 提出" + (f"：{note.strip()}" if note.strip() else "")],
    )
    if case.status == MergeStatus.DISMISSED:
        case.status, case.decided_by, case.decided_at = MergeStatus.OPEN, None, None
        case.save(update_fields=["status", "decided_by", "decided_at"])
    return case


@transaction.atomic
def case_merge(*, case_id: int, keep_id: int, note: str = "", actor: Actor) -> MergeCase:
    """The two are one; `keep_id` says whose record goes on.

    For administrators. Raises `NotFoundError`, `InvalidInputError` naming `keep`, `ConflictError`.
    """
    case = _open_case(case_id, actor)
    pair = {case.first_id: case.first, case.second_id: case.second}
    if keep_id not in pair:
        raise InvalidInputError("请选择两位客户之一", attr="keep")
    keep = pair.pop(keep_id)
    (gone,) = pair.values()
    customers_merge(keep=keep, gone=gone, actor=actor)
    case.refresh_from_db()
    return _decided(case, MergeStatus.MERGED, note, actor)


@transaction.atomic
def case_dismiss(*, case_id: int, note: str = "", actor: Actor) -> MergeCase:
    """They are two people; no machine asks again. Raises `NotFoundError`, `ConflictError`."""
    return _decided(_open_case(case_id, actor), MergeStatus.DISMISSED, note, actor)


def _require_admin(actor: Actor) -> None:
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以处理疑似重复客户")


def _open_case(case_id: int, actor: Actor) -> MergeCase:
    _require_admin(actor)
    case = cases_visible_to(actor).filter(pk=case_id).first()
    if case is None:
        raise NotFoundError(f"没有疑似重复 {case_id}")
    if case.status != MergeStatus.OPEN:
        raise ConflictError(
            f"已处理：{case.get_status_display()}", code="already_decided", attr="status"
        )
    return case


def _decided(case: MergeCase, status: MergeStatus, note: str, actor: Actor) -> MergeCase:
    """Of two who decide at once the later one is refused."""
    rows = MergeCase.objects.filter(pk=case.pk)
    if status == MergeStatus.DISMISSED:
        rows = rows.filter(status=MergeStatus.OPEN)
    changed = rows.update(
        status=status,
        decided_by=actor.user,
        decided_at=timezone.now(),
        note=note.strip()[:NOTE_LENGTH],
    )
    if not changed:
        raise ConflictError("已处理", code="already_decided", attr="status")
    case.refresh_from_db()
    return case
