"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting

_CLOCK = {"type": "string", "pattern": r"^(([01]\d|2[0-3]):[0-5]\d)?$"}


def register() -> None:
    """The runtime settings that reminders obey (contract.md §8)."""
    register_setting(
        "ticket.reminder_interval_minutes",
        50,
        integer(1, 7 * 24 * 60),
        "同一工单两次催促至少间隔多少分钟，无论由谁触发",
    )
    register_setting(
        "ticket.reminder_escalate_every",
        3,
        integer(0, 100),
        "每催促多少次通知一次主管，首次同时升级工单；0 表示不上报",
    )
    register_setting(
        "ticket.reminder_digest_above",
        10,
        integer(1, 1000),
        "一个群（或一个人）一次要收到的催促超过多少条时合并为汇总",
    )
    register_setting(
        "ticket.reminder_quiet_hours",
        {"start": "", "end": ""},
        {
            "type": "object",
            "properties": {"start": _CLOCK, "end": _CLOCK},
            "required": ["start", "end"],
            "additionalProperties": False,
        },
        "定时催促的免打扰时段（HH:MM，可跨零点；留空为不启用），手动触发不受限",
        titles={
            "start": "开始",
            "end": "结束",
        },
    )
    register_setting(
        "ticket.warn_before_minutes",
        60,
        integer(0, 7 * 24 * 60),
        "处理期限前多少分钟预警一次（有 SLA 策略的工单由 SLA 预警）；0 表示不预警",
    )
