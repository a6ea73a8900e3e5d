"""Solved tickets that nobody came back to are closed after a while."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from config.errors import AppError
from config.logs import get_logger
from config.runtime import store
from customers.actors import system_actor
from tickets.actions.transition import ticket_transition
from tickets.models import Ticket
from tickets.states import TicketStatus

logger = get_logger(__name__)

BATCH = 200


def tickets_close_resolved(*, after: int = 0) -> int | None:
    """Closes a batch of those beyond `after`; the number to go on from, None when none are left.

    Each in a transaction of its own: what is refused, because somebody reopens it just now or a
    rule of the desk says no, leaves the others closed.
    """
    due = list(_due().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
    days = store.get_int("ticket.close_after_days")
    for pk in due:
        try:
            ticket_transition(
                ticket_id=pk,
                status=TicketStatus.CLOSED,
                reason=f"已解决超过 {days} 天，自动关闭",
                actor=system_actor(),
            )
        except AppError as error:
            logger.info("ticket_not_closed", ticket=pk, code=error.code)
    return due[-1] if len(due) == BATCH else None


def _due() -> QuerySet[Ticket]:
    """A customer who wrote after the solution is waiting for an answer: theirs stay."""
    days = store.get_int("ticket.close_after_days")
    if days == 0:
        return Ticket.objects.none()
    before = timezone.now() - timedelta(days=days)
    return Ticket.objects.filter(
        status=TicketStatus.RESOLVED, resolved_at__lt=before, unanswered_since=None
    )
