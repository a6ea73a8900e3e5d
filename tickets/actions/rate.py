"""What a customer says of how their ticket was solved, and what follows from a low word."""

from datetime import timedelta
from typing import TypedDict, cast

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotAllowedError
from config.runtime import store
from customers.actors import Actor, system_actor
from tickets import states
from tickets.actions.trail import lock_ticket, record
from tickets.actions.transition import reopen_locked
from tickets.models import EventKind, Ticket, TicketRating, Visibility
from tickets.states import TicketStatus

COMMENT_LENGTH = 1000
RATED = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})
# How long a rating may still be changed after the ticket was closed.
CHANGEABLE = timedelta(days=7)
# A low rating of a solution older than this reopens nothing: people are told instead.
REOPENABLE = timedelta(days=7)


class LowRating(TypedDict):
    """The runtime setting `ticket.low_rating`."""

    score: int
    action: str


@transaction.atomic
def ticket_rate(*, ticket_id: int, score: int, actor: Actor, comment: str = "") -> TicketRating:
    """The customer's rating of the ticket's present solution; given again, it is changed.

    A low one reopens the ticket or has its people told, as `ticket.low_rating` says. Raises
    `NotFoundError`, `NotAllowedError` for anybody but the customer, `InvalidInputError`,
    `ConflictError` while nothing is solved, and when the time for changing is over.
    """
    if actor.is_team or actor.customer_id is None:
        raise NotAllowedError("只有客户本人可以评价")
    comment = comment.strip()
    _check(score, comment)
    ticket = lock_ticket(ticket_id, actor)
    if ticket.status not in RATED:
        raise ConflictError(
            f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），"
            "解决之后才能评价",
            code="not_resolved",
            attr="status",
        )
    rating = ticket.ratings.filter(cycle=ticket.cycle).first()
    before = "" if rating is None else str(rating.score)
    if rating is None:
        rating = TicketRating(ticket=ticket, cycle=ticket.cycle)
    elif (rating.score, rating.comment) == (score, comment):
        return rating
    else:
        _require_changeable(ticket)
    rating.score, rating.comment = score, comment
    rating.assignee, rating.entry = ticket.assignee, actor.entry
    rating.save()
    record(
        ticket,
        actor,
        EventKind.RATED,
        from_value=before,
        to_value=str(score),
        content=comment,
        visibility=Visibility.PUBLIC,
    )
    if _reopens(ticket, score):
        reopen_locked(ticket, system_actor(), f"客户评价 {score} 分，自动重开")
    return rating


def low_rating() -> LowRating:
    return cast("LowRating", store.get("ticket.low_rating"))


def _check(score: int, comment: str) -> None:
    if isinstance(score, bool) or not 1 <= score <= 5:
        raise InvalidInputError("评分必须是 1 到 5", attr="score")
    if len(comment) > COMMENT_LENGTH or "\x00" in comment:
        raise InvalidInputError(f"评语不能超过 {COMMENT_LENGTH} 个字", attr="comment")


def _require_changeable(ticket: Ticket) -> None:
    if ticket.closed_at and ticket.closed_at + CHANGEABLE < timezone.now():
        raise ConflictError(
            f"工单 #{ticket.pk} 已关闭超过 {CHANGEABLE.days} 天，评价不能再修改",
            code="rating_final",
            attr="score",
        )


def _reopens(ticket: Ticket, score: int) -> bool:
    rule = low_rating()
    if rule["action"] != "reopen" or score > rule["score"] or ticket.resolved_at is None:
        return False
    return ticket.resolved_at + REOPENABLE >= timezone.now()
