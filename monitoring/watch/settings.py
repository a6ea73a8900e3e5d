"""The runtime settings that the watch obeys."""

from typing import Any

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting

LIMITS = "watch.limits"
ALERTS = "watch.alerts"
WAYS = ("group_robot", "wecom_app", "email", "webhook")

_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_DEFAULTS: dict[str, Any] = {
    "queue_depth": 5000,
    "success_rate": 0.9,
    "success_least": 50,
    "success_minutes": 10,
    "outbox_seconds": 60,
    "outbox_rows": 20_000,
    "callbacks_failed": 5,
    "callbacks_seconds": 120,
    "disk_free": 0.1,
    "recovered_seconds": 30,
    "remind_hours": 6,
}


def register() -> None:
    register_setting(
        LIMITS,
        _DEFAULTS,
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "queue_depth": integer(1, 10_000_000),
                "success_rate": _SHARE,
                "success_least": integer(1, 1_000_000),
                "success_minutes": integer(1, 60),
                "outbox_seconds": integer(5, 86_400),
                "outbox_rows": integer(1, 10_000_000),
                "callbacks_failed": integer(1, 100_000),
                "callbacks_seconds": integer(5, 86_400),
                "disk_free": _SHARE,
                "recovered_seconds": integer(0, 3600),
                "remind_hours": integer(1, 168),
            },
        },
        "系统自检的阈值：队列积压条数、渠道成功率及其最少条数与时间窗（分钟）、待发布的滞后（秒）与条数、"
        "回调失败数与等待秒数、磁盘剩余比例；恢复多少秒后关闭告警，未恢复时隔多少小时再次提醒",
        titles={
            "queue_depth": "队列积压条数",
            "success_rate": "渠道成功率下限",
            "success_least": "成功率至少看多少条",
            "success_minutes": "成功率看几分钟",
            "outbox_seconds": "待发布滞后秒数",
            "outbox_rows": "待发布条数",
            "callbacks_failed": "回调失败数",
            "callbacks_seconds": "回调等待秒数",
            "disk_free": "磁盘剩余比例",
            "recovered_seconds": "恢复多少秒后关闭",
            "remind_hours": "再次提醒间隔小时",
        },
    )
    register_setting(
        ALERTS,
        list(WAYS),
        {"type": "array", "items": {"enum": list(WAYS)}, "uniqueItems": True, "minItems": 1},
        "系统告警的发送方式，依次尝试，跳过未配置与本身有故障的：群机器人、企业微信应用、邮件、Webhook",
    )
