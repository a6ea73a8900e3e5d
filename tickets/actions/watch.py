"""Colleagues who follow a ticket."""

from collections.abc import Collection

from django.db import transaction

from config.errors import InvalidInputError, NotFoundError
from customers.actors import Actor, actor_for
from customers.models import User
from tickets.actions.trail import require_team
from tickets.models import Ticket, TicketWatcher
from tickets.queries.watchers import followings_of
from tickets.visibility import tickets_visible_to


@transaction.atomic
def ticket_watch(*, ticket_id: int, actor: Actor, user: User | None = None) -> TicketWatcher:
    """`user`, or the actor themselves, is told of each change from now on; twice is once.

    Raises `NotFoundError`, `NotAllowedError`, `InvalidInputError` for somebody who may not see the
    ticket, or when nobody is named and the actor is nobody in person.
    """
    ticket, watcher = _ticket_and_watcher(ticket_id, actor, user)
    if not can_see(ticket, watcher, actor):
        raise InvalidInputError(
            f"{watcher.display_name} 看不到这个工单，不能关注", code="cannot_see", attr="user"
        )
    return TicketWatcher.objects.get_or_create(ticket=ticket, user=watcher)[0]


@transaction.atomic
def ticket_unwatch(*, ticket_id: int, actor: Actor, user: User | None = None) -> None:
    """Nothing is told any more, nor by way of what was merged into it; twice is once."""
    ticket, watcher = _ticket_and_watcher(ticket_id, actor, user)
    followings_of(ticket).filter(user=watcher).delete()


def watch_all(ticket: Ticket, users: Collection[User]) -> None:
    """For acts that hold the ticket and know that `users` may see it."""
    TicketWatcher.objects.bulk_create(
        [TicketWatcher(ticket=ticket, user=user) for user in users], ignore_conflicts=True
    )


def can_see(ticket: Ticket, user: User, actor: Actor) -> bool:
    return tickets_visible_to(actor_for(user, actor.entry)).filter(pk=ticket.pk).exists()


def _ticket_and_watcher(ticket_id: int, actor: Actor, user: User | None) -> tuple[Ticket, User]:
    require_team(actor)
    ticket = tickets_visible_to(actor).filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFoundError(f"找不到工单 #{ticket_id}")
    watcher = user or actor.user
    if watcher is None:
        raise InvalidInputError("请给出要关注的同事", code="required", attr="user")
    if not watcher.is_team_member:
        raise InvalidInputError("关注人必须是在职员工", code="not_staff", attr="user")
    return ticket, watcher
