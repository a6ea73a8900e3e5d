"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe
from config.runtime.schema import register as register_setting
from tickets.sla.rules import DEFAULT_LADDER, LADDER_SCHEMA, LADDER_SETTING, check_ladder_setting


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.sla`."""
    register_setting(
        LADDER_SETTING,
        DEFAULT_LADDER,
        LADDER_SCHEMA,
        "新建 SLA 策略的预警阶梯：用去多少时间（%）时通知谁（负责人、主管、群）",
        check=check_ladder_setting,
    )
    for event_type in ("customer.tag.added", "customer.tag.removed"):
        subscribe(event_type, "tickets.tasks.sla.hear_customer_tagged")
