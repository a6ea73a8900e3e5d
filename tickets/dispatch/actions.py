"""Giving a ticket to whoever can take it best. Every decision is kept with its reasons.

A person's own assignment (`ticket_assign`) is never refused or undone here: it has no deadline for
reacting, unless `reaction_minutes_manual` says so, and so nothing moves the ticket on.
"""

from django.db import transaction
from django.utils import timezone

from config.errors import ConflictError
from customers.actors import Actor, system_actor
from customers.models import User
from tickets import states
from tickets.actions import ticket_assign
from tickets.actions.trail import lock_ticket, require_team
from tickets.dispatch import unreacted
from tickets.dispatch.choice import Choice, choose
from tickets.dispatch.colleagues import colleagues
from tickets.dispatch.decisions import decision_keep, missed_by, waiting_keep
from tickets.dispatch.rules import WAITING, DispatchRules, dispatch_rules, reaction_due
from tickets.models import AgentProfile, DispatchDecision, DispatchTrigger, Ticket


@transaction.atomic
def ticket_dispatch(*, ticket_id: int, trigger: str, actor: Actor) -> DispatchDecision | None:
    """The decision, with an assignee or with the reasons why nobody can take it now.

    None when there is nothing to decide: somebody has it already, dispatch is switched off, or
    nobody takes part in it. By hand (`requested`) it works while switched off, and what cannot be
    dispatched is a `ConflictError`. Raises `NotFoundError`, `NotAllowedError`.
    """
    require_team(actor)
    # One that was merged before its turn came is simply no longer waiting.
    is_asked = trigger == DispatchTrigger.REQUESTED
    ticket = lock_ticket(ticket_id, actor, merged_too=not is_asked)
    rules = dispatch_rules()
    if trigger == DispatchTrigger.REQUESTED:
        _require_waiting(ticket)
    elif not rules.enabled:
        return None
    if trigger == DispatchTrigger.UNREACTED:
        return _take_away(ticket, rules)
    if not is_waiting(ticket):
        return None
    choice = _weigh(ticket, rules, missed_by([ticket.pk]).get(ticket.pk, set()))
    if not choice.weighed and trigger != DispatchTrigger.REQUESTED:
        return None
    if choice.best is None:
        return waiting_keep(ticket, trigger, choice, timezone.now())
    asked = f"（{actor.name}触发）" if trigger == DispatchTrigger.REQUESTED else ""
    return _give(ticket, trigger, choice, rules, note=f"自动派单{asked}：{choice.reason}")


def is_waiting(ticket: Ticket) -> bool:
    return ticket.status in WAITING and ticket.assignee_id is None


def _require_waiting(ticket: Ticket) -> None:
    if is_waiting(ticket):
        return
    whose = f"，负责人是{ticket.assigned_to_name}" if ticket.assignee_id else ""
    raise ConflictError(
        f"工单 #{ticket.pk} 当前状态为{states.label(ticket.status)}（{ticket.status}）{whose}，"
        "只有待分配的工单可以派单；要转交请用分配",
        code="illegal_transition",
        attr="status",
    )


def _weigh(ticket: Ticket, rules: DispatchRules, missed: set[int]) -> Choice:
    """With the colleagues' profiles held, so that the loads stay true until the commit."""
    team = colleagues(rules, timezone.now(), is_locked=True)
    return choose(team, ticket, rules, missed)


def _take_away(ticket: Ticket, rules: DispatchRules) -> DispatchDecision | None:
    """The ticket goes on to one who has not had it, or stays and is reported."""
    if not unreacted.is_due(ticket, timezone.now()):
        return None
    holder = ticket.assignee
    assert holder is not None
    if unreacted.has_moved_enough(ticket, rules):
        choice = Choice(None, f"已自动改派 {rules.max_moves} 次，不再改派", [])
    else:
        missed = missed_by([ticket.pk]).get(ticket.pk, set()) | {holder.pk}
        choice = _weigh(ticket, rules, missed)
    if choice.best is None:
        return unreacted.report(ticket, choice)
    reason = f"{holder.display_name}在规定时间内未响应；{choice.reason}"
    note = f"自动改派：{reason}"
    trigger = DispatchTrigger.UNREACTED
    return _give(ticket, trigger, choice, rules, note=note, reason=reason, taken_from=holder)


def _give(
    ticket: Ticket,
    trigger: str,
    choice: Choice,
    rules: DispatchRules,
    *,
    note: str,
    reason: str = "",
    taken_from: User | None = None,
) -> DispatchDecision:
    assert choice.best is not None
    profile, now = choice.best.profile, timezone.now()
    ticket_assign(ticket_id=ticket.pk, assignee=profile.user, actor=system_actor(), note=note)
    due = reaction_due(rules, rules.reaction_minutes, profile, now)
    Ticket.objects.filter(pk=ticket.pk).update(reaction_due_at=due)
    AgentProfile.objects.filter(pk=profile.pk).update(last_dispatched_at=now)
    return decision_keep(
        ticket, trigger, choice, reason=reason, assignee=profile.user, taken_from=taken_from
    )
