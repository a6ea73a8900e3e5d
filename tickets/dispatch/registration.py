"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe
from config.runtime.schema import register as register_setting
from messaging.staff_alerts.registry import register as register_alert
from tickets.dispatch import rules

TASKS = "tickets.tasks.dispatch"
# New to the pool.
ARRIVALS = ("ticket.created", "ticket.pending")
# After these somebody may have room for another.
RELEASES = ("ticket.resolved", "ticket.cancelled", "ticket.merged", "ticket.undone")


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.dispatch`."""
    from tickets.dispatch.alerts import assigned_alert

    register_setting(
        rules.KEY,
        rules.DEFAULT,
        rules.SCHEMA,
        "自动派单：是否启用、是否只派给在线且在工作时间的同事、多少分钟未响应改派（0 为不改派，"
        "人工分配另计）、最多改派几次",
        titles={
            "enabled": "启用",
            "needs_presence": "只派给在线的同事",
            "needs_working_hours": "只派给在工作时间的同事",
            "reaction_minutes": "未响应改派（分钟）",
            "reaction_minutes_manual": "人工分配后未响应改派（分钟）",
            "max_moves": "最多改派次数",
        },
    )
    for event_type in ARRIVALS:
        subscribe(event_type, f"{TASKS}.hear_arrival")
    for event_type in RELEASES:
        subscribe(event_type, f"{TASKS}.hear_release")
    subscribe("ticket.assigned", f"{TASKS}.hear_assigned")
    subscribe("agent.presence", f"{TASKS}.hear_presence")
    register_alert("ticket.assigned", assigned_alert)
