"""The runtime setting `ticket.dispatch`: whether and how tickets find their people by themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from config.runtime import store
from config.runtime.schema import integer
from tickets.models import AgentProfile
from tickets.states import TicketStatus
from tickets.working_time.clock import add_working_seconds

KEY = "ticket.dispatch"
# What nobody has in hand waits; also escalated, or reminders would end the wait for a colleague.
WAITING = (TicketStatus.PENDING, TicketStatus.ESCALATED)
DEFAULT: dict[str, Any] = {
    "enabled": True,
    "needs_presence": True,
    "needs_working_hours": True,
    "reaction_minutes": 30,
    "reaction_minutes_manual": 0,
    "max_moves": 3,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "enabled": {"type": "boolean"},
        "needs_presence": {"type": "boolean"},
        "needs_working_hours": {"type": "boolean"},
        "reaction_minutes": integer(0, 7 * 24 * 60),
        "reaction_minutes_manual": integer(0, 7 * 24 * 60),
        "max_moves": integer(0, 20),
    },
    "additionalProperties": False,
}


@dataclass(frozen=True)
class DispatchRules:
    """Minutes of 0 mean: no deadline, so nobody loses a ticket for not reacting."""

    enabled: bool
    needs_presence: bool
    needs_working_hours: bool
    reaction_minutes: int
    reaction_minutes_manual: int
    max_moves: int


def dispatch_rules() -> DispatchRules:
    return DispatchRules(**store.get(KEY))


def reaction_due(
    rules: DispatchRules, minutes: int, profile: AgentProfile | None, now: datetime
) -> datetime | None:
    """Until when a sign of life is due: in the assignee's working time, where working time counts."""
    if not minutes:
        return None
    if not rules.needs_working_hours:
        return now + timedelta(minutes=minutes)
    return add_working_seconds(
        now, minutes * 60, (profile.working_hours or None) if profile else None
    )
