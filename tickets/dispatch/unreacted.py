"""An assignee who shows no sign of life: the deadline, and what happens when nobody else is left."""

from datetime import datetime

from django.utils import timezone

from config.logs import get_logger
from customers.actors import Entry, system_actor
from messaging.markup import as_text
from messaging.sending.accept import messages_accept
from messaging.staff_alerts.message import to_member
from tickets.actions.trail import record
from tickets.dispatch.choice import Choice
from tickets.dispatch.decisions import decision_keep, moves_of
from tickets.dispatch.rules import DispatchRules, dispatch_rules, reaction_due
from tickets.models import (
    AgentProfile,
    DispatchDecision,
    DispatchTrigger,
    EventKind,
    Ticket,
    TicketEvent,
)
from tickets.queries.supervisors import supervisors_of

logger = get_logger(__name__)

PRIORITY = 8


def is_due(ticket: Ticket, now: datetime) -> bool:
    return (
        ticket.is_open
        and ticket.assignee_id is not None
        and ticket.reaction_due_at is not None
        and ticket.reaction_due_at <= now
    )


def has_moved_enough(ticket: Ticket, rules: DispatchRules) -> bool:
    return moves_of(ticket) >= rules.max_moves


def report(ticket: Ticket, choice: Choice) -> DispatchDecision:
    """It stays where it is, and the supervisors learn of it, once: the deadline is gone."""
    holder = ticket.assignee
    assert holder is not None
    reason = f"{holder.display_name}在规定时间内未响应；{choice.reason}；保留原负责人，已上报主管"
    ticket.reaction_due_at = None
    record(ticket, system_actor(), EventKind.DISPATCHED, content=reason)
    _tell_supervisors(ticket, choice.reason)
    return decision_keep(
        ticket, DispatchTrigger.UNREACTED, choice, reason=reason, taken_from=holder
    )


def _tell_supervisors(ticket: Ticket, why: str) -> None:
    addresses = [user.wecom_user_id for user in supervisors_of(ticket) if user.wecom_user_id]
    if not addresses:
        logger.warning("unreacted_ticket_reported_to_nobody", ticket=ticket.pk)
        return
    deadline = timezone.localtime(ticket.deadline)
    lines = [
        f"🚨 **工单 #{ticket.pk} 无人响应**",
        f"客户：{as_text(ticket.customer.name)}",
        f"问题：{as_text(ticket.title)}",
        f"负责人：{as_text(ticket.assigned_to_name)}，在规定时间内未响应",
        f"处理期限：{deadline:%m-%d %H:%M}",
        f"> {as_text(why)}",
        f"改派请回复：#{ticket.pk} 分配给@某人",
    ]
    about = f"dispatch:unreacted:{ticket.pk}:{ticket.version}"
    text = "\n".join(lines)
    messages_accept(
        [
            to_member(address, text, priority=PRIORITY, dedupe_key=f"{about}:{address}")
            for address in addresses
        ]
    )


def deadline_for_manual(event: TicketEvent) -> None:
    """After a person's assignment, where that shall have a deadline too.

    None when they took it themselves, and none when a colleague has acted on the ticket since.
    """
    rules = dispatch_rules()
    if not rules.reaction_minutes_manual or event.entry == Entry.SYSTEM:
        return
    ticket = Ticket.objects.filter(pk=event.ticket_id, reaction_due_at__isnull=True).first()
    if ticket is None or ticket.assignee_id in (None, event.actor_id):
        return
    since = ticket.events.filter(sequence__gt=event.sequence)
    if since.exclude(entry=Entry.SYSTEM).filter(is_from_customer=False).exists():
        return
    profile = AgentProfile.objects.filter(user=ticket.assignee_id).first()
    due = reaction_due(rules, rules.reaction_minutes_manual, profile, event.created_at)
    # Somebody may be acting on it this moment: then the version is another.
    Ticket.objects.filter(pk=ticket.pk, version=ticket.version).update(reaction_due_at=due)
