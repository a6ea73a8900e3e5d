"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from tickets.chat.assignment import rules

TASKS = "tickets.tasks.chat.assignment"


def register() -> None:
    """Runtime settings and subscriptions of `tickets.chat.assignment`."""
    register_setting(
        rules.HOURS,
        None,
        rules.HOURS_OR_NONE,
        "在线客服的服务时间（写法同 ticket.working_hours，按同一日历）；null 为全天",
        check=rules.check_opening_hours,
    )
    register_setting(
        rules.TAGS,
        {},
        rules.TAGS_SCHEMA,
        '排队优先：客户标签 → 优先级 1–9，大者在前，如 {"重点客户": 5}；没有的标签为 0',
    )
    register_setting(
        rules.OFFLINE,
        rules.DEFAULT_OFFLINE,
        rules.OFFLINE_SCHEMA,
        "客服离线后，客户正在等待的会话是否转给他人（hand_on），以及离线后再等多少秒",
        titles={
            "hand_on": "转给他人",
            "patience_seconds": "再等秒数",
        },
    )
    register_setting(
        rules.UNATTENDED,
        300,
        integer(30, 24 * 3600),
        "没有客服在线或不在服务时间时，排队中的会话多少秒后转为工单",
    )
    register_setting(
        rules.TEXTS,
        rules.DEFAULT_TEXTS,
        rules.TEXTS_SCHEMA,
        "系统对客户说的话；{agent} 客服姓名，{ahead} 前面的人数，{ticket} 工单号",
        titles={
            "assigned": "已接入",
            "next": "排在第一位",
            "queued": "排队中",
            "handed_on": "转接中",
            "closed": "不在服务时间",
            "nobody": "没有客服在线",
            "ticketed": "已登记为工单",
        },
    )
    subscribe("agent.presence", f"{TASKS}.hear_presence", queue="chat")
