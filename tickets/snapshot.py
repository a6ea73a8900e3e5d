"""The fields of a ticket that its trail remembers, and how it keeps them."""

from datetime import datetime
from typing import Any

# What an event remembers of before, so that it can be told and taken back.
SNAPSHOT = (
    "title",
    "description",
    "product",
    "priority",
    "status",
    "progress",
    "assignee_id",
    "project_id",
    "deadline",
    "resolved_at",
    "closed_at",
    "waiting_since",
    "merged_into_id",
    "custom_fields",
    "cycle",
    "deadline_named",
    "sla_started_at",
    "responded_at",
    "sla_state",
)
# Those that follow from the clocks and from any first answer: a note that moves one changes nothing.
CLOCKWORK = frozenset({"deadline_named", "sla_started_at", "responded_at", "sla_state"})
MOMENTS = frozenset(
    {"deadline", "resolved_at", "closed_at", "waiting_since", "sla_started_at", "responded_at"}
)


def plain(value: Any) -> Any:
    """A field's value as JSON keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value
