"""The runtime settings that the customers' room obeys (contract.md §8)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from customers.models import RiskLevel

PERCENT = integer(1, 100)


def register() -> None:
    register_setting("risk.silent_days", 30, integer(1, 365), "客户多少天没有互动算沉默")
    register_setting("risk.recent_days", 90, integer(1, 365), "删除好友在多少天内计入流失风险")
    register_setting(
        "risk.levels",
        {"low": 20, "medium": 40, "high": 70},
        {
            "type": "object",
            "properties": {"low": PERCENT, "medium": PERCENT, "high": PERCENT},
            "additionalProperties": False,
        },
        "风险分（0–100）达到多少为低、中、高",
        titles={
            "low": "低",
            "medium": "中",
            "high": "高",
        },
    )
    register_setting(
        "risk.alert_level",
        RiskLevel.HIGH.value,
        {"enum": [RiskLevel.LOW.value, RiskLevel.MEDIUM.value, RiskLevel.HIGH.value]},
        "风险达到哪一级时预警并提醒跟进人",
    )
    register_setting(
        "risk.task_due_hours", 24, integer(1, 720), "预警后跟进人须在多少小时内联系客户"
    )
    register_setting("risk.horizon_days", 60, integer(1, 365), "预警后观察多少天以判断是否命中")
    register_setting("risk.pause_days", 30, integer(0, 365), "预警有结论后多少天内不再次预警")
    register_setting(
        "handover.poll_minutes",
        10,
        integer(1, 24 * 60),
        "移交等待企业微信生效期间，每隔多少分钟查询一次结果",
    )
