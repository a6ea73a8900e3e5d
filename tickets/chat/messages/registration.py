"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.staff_alerts.registry import register as register_alert
from tickets.uploads.checks import HARD_CAP_BYTES

MEGABYTE = 1024 * 1024


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.chat.messages`."""
    register_setting(
        "chat.files",
        {
            "customer_max_bytes": 10 * MEGABYTE,
            "team_max_bytes": HARD_CAP_BYTES,
            "per_chat": 200,
        },
        {
            "type": "object",
            "properties": {
                "customer_max_bytes": integer(1024, 10 * MEGABYTE),
                "team_max_bytes": integer(1024, HARD_CAP_BYTES),
                "per_chat": integer(1, 2000),
            },
            "required": ["customer_max_bytes", "team_max_bytes", "per_chat"],
            "additionalProperties": False,
        },
        "会话中的文件：客户和客服单个文件的大小上限（字节，最大 10 MB 和 20 MB），每个会话的文件数上限",
        titles={
            "customer_max_bytes": "客户单个文件上限（字节）",
            "team_max_bytes": "客服单个文件上限（字节）",
            "per_chat": "每个会话的文件数",
        },
    )
    register_setting(
        "chat.recall_seconds", 120, integer(0, 3600), "会话消息多少秒内可以撤回；0 不可撤回"
    )
    _register_alerts()


def _register_alerts() -> None:
    from tickets.chat.messages.mentions import MENTIONED, mention_alert

    register_alert(MENTIONED, mention_alert)
