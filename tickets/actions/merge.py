"""Two tickets that are one problem: one of them goes on, the other points at it."""

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError, InvalidInputError, NotFoundError
from customers.actors import Actor
from tickets import states
from tickets.actions.trail import lock_all, record, refuse_merged, require_team
from tickets.models import EventKind, Ticket, Visibility
from tickets.sla import clock
from tickets.states import TicketStatus
from tickets.visibility import tickets_visible_to

MERGEABLE = states.OPEN | {TicketStatus.RESOLVED}


@transaction.atomic
def ticket_merge(*, ticket_id: int, into_id: int, actor: Actor, reason: str = "") -> Ticket:
    """The ticket that goes on; the other is cancelled and names it. Reopening that one undoes it.

    What had been merged into the other goes along, so nothing points at a merged ticket. Raises
    `NotFoundError`, `NotAllowedError`, `InvalidInputError` for a target that cannot be seen or is
    another customer's, `ConflictError` when the state of either does not allow it.
    """
    require_team(actor)
    if ticket_id == into_id:
        raise InvalidInputError("不能把工单合并到它自己", attr="into")
    source, target, along = _locked(ticket_id, into_id, actor)
    _check(source, target)
    for ticket in (*along, source):
        _cancel(ticket, target, actor, reason)
    record(
        target,
        actor,
        EventKind.MERGED,
        from_value=f"#{source.pk}",
        content=reason,
        visibility=Visibility.PUBLIC,
    )
    return target


def _locked(ticket_id: int, into_id: int, actor: Actor) -> tuple[Ticket, Ticket, list[Ticket]]:
    """Both, and what was merged into the first, held in the order of their numbers."""
    seen = set(
        tickets_visible_to(actor).filter(pk__in=(ticket_id, into_id)).values_list("pk", flat=True)
    )
    if ticket_id not in seen:
        raise NotFoundError(f"找不到工单 #{ticket_id}")
    if into_id not in seen:
        raise InvalidInputError(f"找不到工单 #{into_id}", code="not_found", attr="into")
    along = list(Ticket.objects.filter(merged_into=ticket_id).values_list("pk", flat=True))
    locked = {
        ticket.pk: ticket
        for ticket in lock_all(Ticket.objects.filter(pk__in=(ticket_id, into_id, *along)))
    }
    source, target = locked.pop(ticket_id), locked.pop(into_id)
    still = {pk for pk, ticket in locked.items() if ticket.merged_into_id == ticket_id}
    if Ticket.objects.filter(merged_into=ticket_id).exclude(pk__in=still).exists():
        raise ConflictError(f"工单 #{ticket_id} 刚刚有变化，请再试一次", code="conflict")
    return source, target, [locked[pk] for pk in sorted(still)]


def _check(source: Ticket, target: Ticket) -> None:
    if source.merged_into_id is not None:
        raise refuse_merged(source)
    if target.merged_into_id is not None:
        raise ConflictError(
            f"工单 #{target.pk} 已合并到 #{target.merged_into_id}，"
            f"请合并到 #{target.merged_into_id}",
            code="merged",
            attr="into",
            extra={"merged_into": target.merged_into_id},
        )
    if source.customer_id != target.customer_id:
        raise InvalidInputError("只能合并同一位客户的工单", code="other_customer", attr="into")
    if source.status not in MERGEABLE:
        raise _illegal(source, "不能合并；请先重开")
    if target.status == TicketStatus.CANCELLED:
        raise _illegal(target, "不能并入；请先重开")


def _illegal(ticket: Ticket, why: str) -> ConflictError:
    return ConflictError(
        f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}），{why}",
        code="illegal_transition",
        attr="status",
    )


def _cancel(ticket: Ticket, target: Ticket, actor: Actor, reason: str) -> None:
    before, now = ticket.status, timezone.now()
    clock.resume(ticket, now)
    clock.stop(ticket, now)
    ticket.status = TicketStatus.CANCELLED
    # What was solved is counted with the one that goes on.
    ticket.resolved_at = None
    ticket.reaction_due_at = None
    ticket.unanswered_since = None
    ticket.merged_into = target
    changes = {"status": [before, ticket.status]} if before != ticket.status else {}
    record(
        ticket,
        actor,
        EventKind.MERGED,
        to_value=f"#{target.pk}",
        content=reason,
        changes=changes,
        visibility=Visibility.PUBLIC,
    )
