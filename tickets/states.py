"""The transition table: from which state a ticket may go where (seed 001, contract.md §4).

Every door reads this one table; nothing else in the project decides about a move.
"""

from django.db import models


class TicketStatus(models.TextChoices):
    PENDING = "pending", "待分配"
    ASSIGNED = "assigned", "已分配"
    PROCESSING = "processing", "处理中"
    ESCALATED = "escalated", "已升级"
    RESOLVED = "resolved", "已解决"
    CLOSED = "closed", "已关闭"
    CANCELLED = "cancelled", "已取消"


S = TicketStatus

TRANSITIONS: dict[TicketStatus, frozenset[TicketStatus]] = {
    S.PENDING: frozenset({S.ASSIGNED, S.PROCESSING, S.ESCALATED, S.RESOLVED, S.CANCELLED}),
    S.ASSIGNED: frozenset({S.PROCESSING, S.ESCALATED, S.RESOLVED, S.CANCELLED}),
    S.PROCESSING: frozenset({S.ASSIGNED, S.ESCALATED, S.RESOLVED, S.CANCELLED}),
    S.ESCALATED: frozenset({S.ASSIGNED, S.PROCESSING, S.RESOLVED, S.CANCELLED}),
    # Out of the last three only a reopening leads back: to whoever has it, else to the pool.
    S.RESOLVED: frozenset({S.CLOSED, S.PROCESSING, S.PENDING}),
    S.CLOSED: frozenset({S.PROCESSING, S.PENDING}),
    S.CANCELLED: frozenset({S.PROCESSING, S.PENDING}),
}

OPEN = frozenset({S.PENDING, S.ASSIGNED, S.PROCESSING, S.ESCALATED})
FINISHED = frozenset(S) - OPEN
# Where being somebody's is what the state says.
NEEDS_ASSIGNEE = frozenset({S.ASSIGNED})


def is_allowed(current: str, target: str) -> bool:
    return TicketStatus(target) in TRANSITIONS[TicketStatus(current)]


def label(status: str) -> str:
    return str(TicketStatus(status).label)


def allowed_labels(current: str) -> str:
    """The states one may go to from `current`, in Chinese, in the table's natural order."""
    allowed = TRANSITIONS[TicketStatus(current)]
    return "、".join(str(status.label) for status in TicketStatus if status in allowed)
