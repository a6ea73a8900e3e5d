"""The ticket's clocks: set, moved, stopped by the acts that change what was promised.

Each takes a locked ticket that its caller saves.
"""

from datetime import datetime, timedelta

from config.runtime import store
from tickets.models import SlaState, SlaStep, Ticket
from tickets.sla.matching import Policy, policy_for
from tickets.sla.promises import (
    Taken,
    began_at,
    due_times,
    next_check,
    promises_of,
    resolution_time,
    rules_of,
    state_of,
)
from tickets.sla.rules import Rules
from tickets.working_time.clock import PLAIN, Time


def start(ticket: Ticket, now: datetime, *, keep_deadline: bool = False) -> None:
    """A new ticket's due times; a deadline that somebody named stays (`keep_deadline`)."""
    ticket.sla_started_at = now
    ticket.deadline_named = keep_deadline
    _promise(ticket, policy_for(ticket), now, default=default_duration(), taken=())


def restart(ticket: Ticket, now: datetime) -> None:
    """Reopened: another cycle, whose clocks begin now, or it would be overdue at once.

    An answer is owed again. A named deadline that is still to come stays.
    """
    ticket.cycle += 1
    ticket.reminder_count = 0
    ticket.last_reminder_at = None
    ticket.responded_at = None
    ticket.sla_started_at = now
    ticket.sla_state = SlaState.ON_TRACK
    ticket.deadline_named = ticket.deadline_named and ticket.deadline > now
    before = ticket.deadline
    found = policy_for(ticket)
    _promise(ticket, found, now, default=default_duration(), taken=())
    if found is None or found.rules.resolution_minutes is None:
        ticket.deadline = max(before, ticket.deadline)
        _arm(ticket, found.rules if found else None, now, taken=())


def recalculate(ticket: Ticket, now: datetime, *, keep_deadline: bool = False) -> None:
    """Priority, product or deadline changed: another promise may hold."""
    if keep_deadline:
        ticket.deadline_named = True
    recalculate_by(ticket, policy_for(ticket), now)


def recalculate_by(ticket: Ticket, found: Policy | None, now: datetime) -> None:
    """`recalculate` with the policy at hand."""
    _promise(ticket, found, now, default=default_if_dropped(ticket), taken=taken_steps(ticket))


def pause(ticket: Ticket, now: datetime) -> None:
    """The customer is to answer."""
    ticket.sla_state = state_of(ticket, promises_of(ticket, rules_of(ticket)), now)
    ticket.waiting_since = now
    ticket.sla_check_at = None


def resume(ticket: Ticket, now: datetime) -> None:
    """The customer answered, or somebody goes on: what was left of the time is left now."""
    since = ticket.waiting_since
    if since is None:
        return
    rules = rules_of(ticket)
    time: Time = rules.time if rules else PLAIN
    if ticket.response_due_at is not None:
        ticket.response_due_at = _moved(ticket.response_due_at, since, now, time)
    named = ticket.deadline_named
    ticket.deadline = _moved(ticket.deadline, since, now, resolution_time(rules, is_named=named))
    ticket.sla_started_at = time.subtract(now, time.between(began_at(ticket), since))
    ticket.waiting_since = None
    _arm(ticket, rules, now, taken=taken_steps(ticket))


def answered(ticket: Ticket, now: datetime) -> None:
    """A colleague's first sign of life (`responded_at`) ends the wait for an answer."""
    if ticket.response_due_at is None or ticket.sla_state == SlaState.BREACHED:
        return
    at = min(now, ticket.waiting_since) if ticket.waiting_since else now
    if ticket.response_due_at <= at:
        ticket.sla_state = SlaState.BREACHED
    elif ticket.sla_state == SlaState.AT_RISK:
        ticket.sla_state = state_of(ticket, promises_of(ticket, rules_of(ticket)), now)


def stop(ticket: Ticket, now: datetime) -> None:
    """Resolved, closed or cancelled: no step is due any more, and what was late stays late."""
    state = state_of(ticket, promises_of(ticket, rules_of(ticket)), now)
    if state == SlaState.BREACHED:
        ticket.sla_state = state
    ticket.sla_check_at = None


def stop_again(ticket: Ticket, now: datetime) -> None:
    """An ended ticket whose reopening was taken back: its answer was due when its own cycle said."""
    due = due_times(ticket, rules_of(ticket), default=None)
    ticket.response_due_at = due.response_due_at
    stop(ticket, now)


def default_duration() -> timedelta:
    return timedelta(hours=store.get_int("ticket.default_deadline_hours"))


def default_if_dropped(ticket: Ticket) -> timedelta | None:
    """A ticket whose policy promised its deadline gets the default one where none does any more."""
    before = rules_of(ticket)
    return default_duration() if before and before.resolution_minutes is not None else None


def taken_steps(ticket: Ticket) -> Taken:
    """What was told already in this cycle: target and percent."""
    steps = SlaStep.objects.filter(ticket=ticket, cycle=ticket.cycle)
    return set(steps.values_list("target", "percent"))


def _promise(
    ticket: Ticket,
    found: Policy | None,
    now: datetime,
    *,
    default: timedelta | None,
    taken: Taken,
) -> None:
    rules = found.rules if found else None
    due = due_times(ticket, rules, default=default)
    ticket.sla_policy_id = found.policy_id if found else None
    ticket.sla_version = found.version if found else None
    ticket.response_due_at, ticket.deadline = due.response_due_at, due.deadline
    _arm(ticket, rules, now, taken=taken)


def _arm(ticket: Ticket, rules: Rules | None, now: datetime, *, taken: Taken) -> None:
    """How it stands by now, and when it is to be looked at next."""
    owed = promises_of(ticket, rules)
    ticket.sla_state = state_of(ticket, owed, now)
    is_running = ticket.is_open and ticket.waiting_since is None
    ticket.sla_check_at = next_check(owed, taken, now) if is_running else None


def _moved(due_at: datetime, since: datetime, now: datetime, time: Time) -> datetime:
    """What was over when the wait began stays over."""
    return time.add(now, time.between(since, due_at)) if due_at > since else due_at
