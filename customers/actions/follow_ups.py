"""Noting what was said and done, and when to turn to the customer again."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from config.errors import InvalidInputError, NotFoundError
from customers.actions.fields import check_team_member
from customers.actions.history import announce, changed_later, lock_customer, require_team
from customers.actors import Actor
from customers.models import FollowUp, FollowUpKind, User
from customers.visibility import follow_ups_visible_to

CONTENT_LENGTH = 5000


@transaction.atomic
def follow_up_create(
    *,
    customer_id: int,
    content: str,
    actor: Actor,
    kind: FollowUpKind = FollowUpKind.NOTE,
    next_at: datetime | None = None,
    owner: User | None = None,
) -> FollowUp:
    """The follow-up; without an `owner` its next date is the customer's follow-up owner's.

    Where nobody follows the customer up, it is the writer's. Raises `NotFoundError`,
    `InvalidInputError` naming `content`, `next_at` (past) or `owner`.
    """
    require_team(actor)
    content = content.strip()
    if not content or len(content) > CONTENT_LENGTH:
        raise InvalidInputError(f"必须是 1 到 {CONTENT_LENGTH} 个字", attr="content")
    if next_at is not None and next_at <= timezone.now():
        raise InvalidInputError("下次联系时间必须在将来", attr="next_at")
    if owner is not None:
        check_team_member(owner, attr="owner")
    customer = lock_customer(customer_id, actor)
    follow_up = FollowUp.objects.create(
        customer=customer,
        kind=kind,
        content=content,
        owner=owner or customer.follow_user or actor.user,
        author=actor.user,
        author_name=actor.name,
        next_at=next_at,
    )
    if kind != FollowUpKind.TASK:
        customer.last_contact_at = follow_up.created_at
        customer.save(update_fields=["last_contact_at"])
    announce(
        "customer.follow_up.created",
        customer,
        actor,
        follow_up_id=follow_up.pk,
        kind=str(kind),
        owner_id=follow_up.owner_id,
        next_at=next_at.isoformat() if next_at else None,
    )
    return follow_up


@transaction.atomic
def follow_up_done(*, follow_up_id: int, actor: Actor) -> FollowUp:
    """Done, and no longer to be reminded of; done twice changes nothing."""
    require_team(actor)
    found = follow_ups_visible_to(actor).filter(pk=follow_up_id)
    if connection.vendor == "postgresql":
        found = found.select_for_update(of=("self",), no_key=True)
    follow_up = found.first()
    if follow_up is None:
        raise NotFoundError(f"没有跟进记录 {follow_up_id}")
    if follow_up.done_at is None:
        follow_up.done_at = timezone.now()
        follow_up.save(update_fields=["done_at"])
        changed_later(follow_up.customer_id)
    return follow_up
