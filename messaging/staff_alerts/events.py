"""The events that staff are told of."""

from messaging.staff_alerts.due import due_alert
from messaging.staff_alerts.projects import engineer_alert
from messaging.staff_alerts.registry import register
from messaging.staff_alerts.risk import risk_alert


def register_all() -> None:
    register("customer.follow_up.due", due_alert)
    register("customer.task.due", due_alert)
    register("customer.risk.raised", risk_alert)
    register("project.created", engineer_alert)
    register("project.updated", engineer_alert)
