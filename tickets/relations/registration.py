"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.staff_alerts.registry import register as register_alert
from tickets.states import TicketStatus
from tickets.uploads.checks import HARD_CAP_BYTES


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.relations`."""
    register_setting(
        "ticket.attachments",
        {"max_bytes": HARD_CAP_BYTES, "per_ticket": 50},
        {
            "type": "object",
            "properties": {
                "max_bytes": integer(1024, HARD_CAP_BYTES),
                "per_ticket": integer(1, 500),
            },
            "required": ["max_bytes", "per_ticket"],
            "additionalProperties": False,
        },
        "工单附件：单个文件的大小上限（字节，最大 20 MB）和每个工单的文件数上限",
        titles={
            "max_bytes": "单个文件上限（字节）",
            "per_ticket": "每个工单的文件数",
        },
    )
    register_setting(
        "ticket.low_rating",
        {"score": 2, "action": "reopen"},
        {
            "type": "object",
            "properties": {
                "score": integer(0, 4),
                "action": {"enum": ["reopen", "alert"]},
            },
            "required": ["score", "action"],
            "additionalProperties": False,
        },
        "低分评价：不高于 score 分时自动重开工单（reopen，限解决后 7 天内）或只提醒负责人和主管（alert）；"
        "score 为 0 时不处理",
        titles={
            "score": "不高于几分",
            "action": "处理方式",
        },
    )
    register_setting(
        "ticket.close_after_days",
        7,
        integer(0, 365),
        "已解决的工单多少天后自动关闭（0 为不自动关闭）",
    )
    _register_alerts()


def _register_alerts() -> None:
    from tickets.relations.alerts import low_rating_alert, mention_alert, watcher_alert

    # First who is meant in person: nobody is told twice of one event.
    register_alert("ticket.replied", mention_alert)
    register_alert("ticket.rated", low_rating_alert)
    changes = ("assigned", "replied", "updated", "merged", "attached", "rated")
    for name in {*changes, "waiting", "resumed", *(status.value for status in TicketStatus)}:
        register_alert(f"ticket.{name}", watcher_alert)
