"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting

_HOURS = integer(1, 24 * 365)


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.customer_side`."""
    register_setting(
        "ticket.link_hours",
        {"group": 168, "customer": 72},
        {
            "type": "object",
            "properties": {"group": _HOURS, "customer": _HOURS},
            "additionalProperties": False,
        },
        "安全链接多少小时后失效：group 群卡片里的（只读），customer 发给客户的（可回复、评价）",
    )
