"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.intake`."""
    register_setting(
        "ticket.intake_minutes", 30, integer(1, 24 * 60), "逐步创建工单时，多少分钟没有回答就作废"
    )
    register_setting("ticket.undo_minutes", 5, integer(1, 24 * 60), "群命令可以撤销的时间（分钟）")
