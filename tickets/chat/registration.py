"""What live chat announces at start (called from `TicketsConfig.ready()`)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from customers import visibility
from tickets.chat.assignment import registration as assignment
from tickets.chat.customer_page import registration as customer_page
from tickets.chat.entries import registration as entries
from tickets.chat.lifecycle import registration as lifecycle
from tickets.chat.messages import registration as messages
from tickets.chat.statistics import registration as statistics
from tickets.chat.visibility import customers_of_agent

_SECONDS = integer(0, 30 * 24 * 3600)


def register() -> None:
    """The timings that several areas obey, then each area's own."""
    register_setting(
        "chat.max_concurrent", 5, integer(1, 100), "一位客服同时接待的会话数（默认上限）"
    )
    register_setting(
        "chat.idle_warn_seconds", 60, _SECONDS, "网页会话：客户多少秒不回应后提醒；0 不提醒"
    )
    register_setting(
        "chat.idle_end_seconds", 120, _SECONDS, "网页会话：客户多少秒不回应后结束；0 不自动结束"
    )
    register_setting(
        "chat.idle_by_entry",
        {
            "wecom_app": {"warn_seconds": 3600, "end_seconds": 7200},
            "official_account": {"warn_seconds": 0, "end_seconds": 24 * 3600},
            "kf": {"warn_seconds": 0, "end_seconds": 24 * 3600},
        },
        {
            "type": "object",
            "maxProperties": 50,
            "additionalProperties": {
                "type": "object",
                "properties": {"warn_seconds": _SECONDS, "end_seconds": _SECONDS},
                "required": ["warn_seconds", "end_seconds"],
                "additionalProperties": False,
            },
        },
        "其他入口的无人说话时限（入口 → warn_seconds、end_seconds）；没有写的入口同网页",
    )
    register_setting(
        "chat.first_reply_seconds",
        120,
        _SECONDS,
        "客服接入后多少秒内没有回应，会话转给下一位；0 不限",
    )
    visibility.register_binding(customers_of_agent)
    for area in (
        entries,
        assignment,
        messages,
        lifecycle,
        statistics,
        customer_page,
    ):
        area.register()
