"""What is promised for a ticket until when, and how it stands to that. Nothing is written here.

Every moment follows from where the cycle's clock began, what is due, and the clock; what was waited
for the customer is taken out by moving the beginning on (`clock.resume`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.models import SlaPolicyVersion, SlaState, SlaTarget, Ticket
from tickets.sla.rules import Rules, Rung
from tickets.working_time.clock import PLAIN, Time

AT_RISK_PERCENT = 80
DUE_PERCENT = 100
# A step that was taken in a cycle is not taken again.
Taken = Collection[tuple[str, int]]


@dataclass(frozen=True)
class Promise:
    """One target of a ticket; without a ladder only its state follows."""

    target: SlaTarget
    began_at: datetime
    due_at: datetime
    time: Time
    ladder: tuple[Rung, ...] = ()

    def moment(self, percent: int) -> datetime:
        """When that much of the time has passed."""
        if percent == DUE_PERCENT:
            return self.due_at
        total = self.time.between(self.began_at, self.due_at)
        return self.time.add(self.began_at, total * (percent / 100))

    def reached(self, now: datetime, taken: Taken) -> list[Rung]:
        """The rungs that are due and were not taken yet, the lowest first."""
        return [
            rung
            for rung in self.ladder
            if (self.target, rung.percent) not in taken and self.moment(rung.percent) <= now
        ]


def rules_of(ticket: Ticket) -> Rules | None:
    """The rules by which the ticket's due times were set: of its own version, not the present one."""
    if ticket.sla_policy_id is None or ticket.sla_version is None:
        return None
    stored = SlaPolicyVersion.objects.filter(
        policy=ticket.sla_policy_id, version=ticket.sla_version
    ).values_list("rules", flat=True)
    found = stored.first()
    return Rules.from_json(found) if found else None


def began_at(ticket: Ticket) -> datetime:
    return ticket.sla_started_at or ticket.created_at


def resolution_time(rules: Rules | None, *, is_named: bool) -> Time:
    """By which clock the deadline runs: one that a person named is a moment of plain time."""
    if rules is None or is_named or rules.resolution_minutes is None:
        return PLAIN
    return rules.time


def promises_of(ticket: Ticket, rules: Rules | None) -> list[Promise]:
    """What is still owed: the answer until there is one, and the solution."""
    owed: list[Promise] = []
    began = began_at(ticket)
    if rules and ticket.response_due_at is not None and ticket.responded_at is None:
        owed.append(
            Promise(SlaTarget.RESPONSE, began, ticket.response_due_at, rules.time, rules.ladder)
        )
    time = resolution_time(rules, is_named=ticket.deadline_named)
    ladder = rules.ladder if rules and rules.resolution_minutes is not None else ()
    owed.append(Promise(SlaTarget.RESOLUTION, began, ticket.deadline, time, ladder))
    return owed


def state_of(ticket: Ticket, owed: list[Promise], now: datetime) -> SlaState:
    """A breach stays until the next cycle; while the customer is waited for, time stands still."""
    at = min(now, ticket.waiting_since) if ticket.waiting_since else now
    if ticket.sla_state == SlaState.BREACHED or any(promise.due_at <= at for promise in owed):
        return SlaState.BREACHED
    if any(promise.moment(AT_RISK_PERCENT) <= at for promise in owed):
        return SlaState.AT_RISK
    return SlaState.ON_TRACK


def next_check(owed: list[Promise], taken: Taken, now: datetime) -> datetime | None:
    """When somebody is to be told, or the state changes; in the past for what was missed."""
    moments: list[datetime] = []
    for promise in owed:
        moments += [
            promise.moment(rung.percent)
            for rung in promise.ladder
            if (promise.target, rung.percent) not in taken
        ]
        states = [promise.moment(AT_RISK_PERCENT), promise.due_at]
        moments += [moment for moment in states if moment > now]
    return min(moments, default=None)


@dataclass(frozen=True)
class DueTimes:
    response_due_at: datetime | None
    deadline: datetime


def due_times(ticket: Ticket, rules: Rules | None, *, default: timedelta | None) -> DueTimes:
    """What `rules` promise, counted from where the cycle began.

    `default` is for a deadline that nobody promises; without one the present deadline stays, as one
    that a person named always does.
    """
    began, deadline = began_at(ticket), ticket.deadline
    answer = rules.promised(SlaTarget.RESPONSE) if rules else None
    solution = rules.promised(SlaTarget.RESOLUTION) if rules else None
    if not ticket.deadline_named:
        if rules and solution is not None:
            deadline = rules.time.add(began, solution)
        elif default is not None:
            deadline = began + default
    response = rules.time.add(began, answer) if rules and answer is not None else None
    return DueTimes(response, deadline)
