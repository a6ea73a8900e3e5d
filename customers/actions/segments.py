"""Saving filters: whose they are, and who may change them."""

from typing import Any, TypedDict

from django.db import transaction

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError, NotAllowedError
from customers.actions.history import require_team
from customers.actors import Actor
from customers.conditions import parse
from customers.conditions.references import check_references
from customers.models import Segment
from customers.queries.segments import segment_named

NAME_LENGTH = 100


class SegmentChanges(TypedDict, total=False):
    name: str
    conditions: Any
    is_shared: bool


@transaction.atomic
def segment_create(*, name: str, conditions: Any, actor: Actor, is_shared: bool = True) -> Segment:
    """Raises `InvalidInputError` with the path in `conditions`; `ConflictError` for a taken name."""
    require_team(actor)
    segment = Segment(owner=actor.user)
    return _save(segment, {"name": name, "conditions": conditions, "is_shared": is_shared})


@transaction.atomic
def segment_edit(*, segment_id: int, changes: SegmentChanges, actor: Actor) -> Segment:
    """Raises `NotFoundError`, `NotAllowedError` for somebody else's, and as `segment_create`."""
    return _save(_own(segment_id, actor), changes)


@transaction.atomic
def segment_delete(*, segment_id: int, actor: Actor) -> None:
    """Raises as `segment_edit`."""
    _own(segment_id, actor).delete()


def _own(segment_id: int, actor: Actor) -> Segment:
    require_team(actor)
    segment = segment_named(segment_id, actor)
    is_own = actor.user is not None and segment.owner_id == actor.user.pk
    if not is_own and not actor.sees_all:
        raise NotAllowedError("只有创建人和管理员可以修改分群")
    return segment


def _save(segment: Segment, changes: SegmentChanges) -> Segment:
    segment.name = valid_name(changes.get("name", segment.name))
    if "conditions" in changes:
        check_references(parse(changes["conditions"]))
        segment.conditions = changes["conditions"]
    segment.is_shared = changes.get("is_shared", segment.is_shared)
    # Those of nobody (made with a key) share names too, which the index does not see.
    transaction_lock("customers.segment.names")
    same = Segment.objects.filter(owner=segment.owner, name=segment.name).exclude(pk=segment.pk)
    if same.exists():
        raise ConflictError(f"已有名为「{segment.name}」的分群", attr="name")
    segment.save()
    return segment


def valid_name(text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= NAME_LENGTH or "\x00" in name:
        raise InvalidInputError(f"名称必须是 1 到 {NAME_LENGTH} 个字", attr="name")
    return name
