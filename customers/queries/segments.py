"""Whom a segment finds, anew each time, in the view of who asks."""

from typing import Any

from django.db.models import QuerySet

from config.errors import ConflictError, InvalidInputError, NotFoundError
from customers.actors import Actor
from customers.conditions import Condition, customers_matching, parse
from customers.models import Customer, Segment
from customers.visibility import customers_visible_to, segments_visible_to


def segment_named(segment_id: int, actor: Actor, *, attr: str | None = None) -> Segment:
    """Raises `NotFoundError`, or `InvalidInputError` naming `attr`, for one that `actor` lacks."""
    segment = segments_visible_to(actor).filter(pk=segment_id).first()
    if segment is None and attr is not None:
        raise InvalidInputError("没有这个分群", code="not_found", attr=attr)
    if segment is None:
        raise NotFoundError(f"没有分群 {segment_id}")
    return segment


def segment_customers(segment: Segment, actor: Actor) -> QuerySet[Customer]:
    """Raises `ConflictError` when what was saved can be read no longer."""
    return customers_matching(kept_condition(segment.conditions), customers_visible_to(actor))


def kept_condition(conditions: Any) -> Condition:
    """Of something saved: a field may have gone since. Raises `ConflictError`."""
    try:
        return parse(conditions)
    except InvalidInputError as error:
        raise ConflictError(f"保存的条件已失效（{error.attr}：{error.detail}）") from error
