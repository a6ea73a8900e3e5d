"""How long the assistant's record is kept; what waits for an answer stays.

What colleagues labelled lives on as examples, which only lose the way back to what was said.
"""

from config import retention
from config.retention import Table, numbered
from tickets.models import AssistantTurn, TurnStatus

DAYS, LEAST_DAYS = 365, 90


def register() -> None:
    over = AssistantTurn.objects.exclude(status=TurnStatus.PENDING)
    table = Table("assistant_turns", "助手记录", DAYS, LEAST_DAYS, numbered(over, "created_at"))
    retention.register(table)
