"""The runtime settings that sending obeys (contract.md §8)."""

from config.runtime.schema import integer
from config.runtime.schema import register as register_setting


def register() -> None:
    register_setting(
        "message_sender",
        {
            "core_pool_size": 20,
            "max_pool_size": 100,
            "scale_up_threshold": 0.8,
            "scale_down_threshold": 0.2,
        },
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "core_pool_size": integer(1, 1000),
                "max_pool_size": integer(1, 1000),
                "scale_up_threshold": {"type": "number", "minimum": 0, "maximum": 1},
                "scale_down_threshold": {"type": "number", "minimum": 0, "maximum": 1},
            },
        },
        "发送池：每个进程同时发出的请求数",
    )
    register_setting(
        "retry",
        {"max_attempts": 3, "delay_seconds": 300},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "max_attempts": integer(1, 20),
                "delay_seconds": integer(0, 86_400),
            },
        },
        "可重试的失败：最多尝试几次，间隔多少秒",
    )
    register_setting(
        "channel.group_bot.per_minute",
        20,
        integer(1, 20),
        "每个群机器人每 60 秒最多发送几条（平台上限 20）",
    )
    register_setting(
        "channel.work_wechat.per_member_per_minute",
        25,
        integer(1, 30),
        "应用消息：每位成员每 60 秒最多收到几条（平台超过 30 条即静默丢弃）",
    )
