"""What became of a warning, told from what is known now."""

from datetime import datetime

from customers.models import Customer, CustomerStatus, RiskWarning, WarningOutcome
from customers.risk.rules import RiskRules
from customers.risk.signals import Assessment
from customers.risk.standing import LOST


def came_late(warning: RiskWarning) -> bool:
    """Raised when the customer was lost already: it asks to win them back, and predicted nothing."""
    return any(reason["code"] == LOST for reason in warning.reasons)


def outcome_of(
    warning: RiskWarning,
    customer: Customer,
    found: Assessment,
    rules: RiskRules,
    now: datetime,
    *,
    was_contacted: bool,
) -> WarningOutcome:
    """Hit: lost after the warning. Saved: safe again after we turned to them. Missed: safe anyway."""
    is_lost = customer.status == CustomerStatus.LOST
    is_late = came_late(warning)
    if is_lost and not is_late:
        return WarningOutcome.HIT
    if is_late and not is_lost:
        return WarningOutcome.SAVED
    if not rules.is_alarming(found.level):
        return WarningOutcome.SAVED if was_contacted else WarningOutcome.MISSED
    if now - warning.raised_at >= rules.horizon:
        return WarningOutcome.HIT if is_late else WarningOutcome.MISSED
    return WarningOutcome.OPEN
