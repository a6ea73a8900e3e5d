"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.presence`."""
    register_setting(
        "presence.grace_seconds",
        60,
        integer(15, 600),
        "员工的页面多少秒没有心跳后不再算在线",
    )
    register_setting(
        "presence.resume_minutes",
        4 * 60,
        integer(0, 24 * 60),
        "掉线后多少分钟内页面恢复，自动回到原来的在线状态；更久须重新选择",
    )
