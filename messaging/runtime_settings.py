"""The runtime settings that sending obeys (contract.md §8)."""

from typing import Any

from config.errors import InvalidInputError
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.actions import retry_failed
from messaging.models import ChannelType

CHANNELS = list(ChannelType.values)

_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


def _object(properties: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    return {**schema, "required": list(properties)} if required else schema


def _per_channel(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "propertyNames": {"enum": CHANNELS},
        "additionalProperties": value,
    }


def _core_within_most(sender: dict[str, Any]) -> None:
    if sender["max_pool_size"] < sender["core_pool_size"]:
        raise InvalidInputError("不能小于 core_pool_size", attr="value.max_pool_size")


def register() -> None:
    retry_failed.register()
    register_setting(
        "message_sender",
        {
            "core_pool_size": 20,
            "max_pool_size": 100,
            "scale_up_threshold": 0.8,
            "scale_down_threshold": 0.2,
        },
        _object(
            {
                "core_pool_size": integer(1, 1000),
                "max_pool_size": integer(1, 1000),
                "scale_up_threshold": _SHARE,
                "scale_down_threshold": _SHARE,
            }
        ),
        "发送池：每个进程同时发出的请求数，按使用率在 core 与 max 之间伸缩",
        check=_core_within_most,
        titles={
            "core_pool_size": "常驻并发",
            "max_pool_size": "最大并发",
            "scale_up_threshold": "扩容使用率",
            "scale_down_threshold": "缩容使用率",
        },
    )
    register_setting(
        "retry",
        {"max_attempts": 3, "delay_seconds": 300},
        _object({"max_attempts": integer(1, 20), "delay_seconds": integer(0, 86_400)}),
        "可重试的失败：最多尝试几次，间隔多少秒",
        titles={
            "max_attempts": "最多尝试次数",
            "delay_seconds": "间隔秒数",
        },
    )
    register_setting(
        "circuit",
        {"min_failures": 20, "failure_share": 0.5, "window_seconds": 60, "open_seconds": 30},
        _object(
            {
                "min_failures": integer(1, 200),
                "failure_share": _SHARE,
                "window_seconds": integer(1, 3600),
                "open_seconds": integer(1, 600),
            }
        ),
        "渠道熔断：窗口内失败多少次、占比多少即熔断，熔断多少秒后试探",
        titles={
            "min_failures": "至少失败次数",
            "failure_share": "失败占比",
            "window_seconds": "窗口秒数",
            "open_seconds": "熔断秒数",
        },
    )
    register_setting(
        "quiet_hours",
        {},
        _per_channel(_object({"start": _CLOCK, "end": _CLOCK}, required=True)),
        '免打扰：按渠道，例如 {"SMS": {"start": "22:00", "end": "08:00"}}；优先级 9–10 不受限',
    )
    register_setting(
        "frequency_cap",
        {},
        _per_channel(
            _object({"count": integer(1, 10_000), "seconds": integer(1, 86_400)}, required=True)
        ),
        '每位接收方的频次上限：按渠道，例如 {"SMS": {"count": 3, "seconds": 3600}}；超出的排队等待',
    )
    register_setting(
        "resend_uncertain",
        [],
        {
            "type": "array",
            "items": {"enum": CHANNELS},
            "uniqueItems": True,
        },
        "这些渠道在平台没有应答时直接重发（可能重复），而不是标记为结果未知",
    )
    register_setting(
        "rate_limit.api_send_message",
        {"qps": 1000, "concurrent": 500},
        _object({"qps": integer(1, 1_000_000), "concurrent": integer(1, 100_000)}),
        "单条发送接口：每个调用方每秒次数与并发数",
        titles={
            "qps": "每秒次数",
            "concurrent": "并发数",
        },
    )
    register_setting(
        "rate_limit.api_send_batch",
        {"qps": 20, "concurrent": 20},
        _object({"qps": integer(1, 1_000_000), "concurrent": integer(1, 100_000)}),
        "批量发送接口：每个调用方每秒次数与并发数",
        titles={
            "qps": "每秒次数",
            "concurrent": "并发数",
        },
    )
    register_setting(
        "channel.group_bot.per_minute",
        20,
        integer(1, 20),
        "每个群机器人每 60 秒最多发送几条（平台上限 20）",
    )
    register_setting(
        "channel.ai.per_chat_per_minute",
        30,
        integer(1, 30),
        "智能机器人主动消息：每个会话每 60 秒最多几条（平台上限 30）",
    )
    register_setting(
        "channel.ai.per_chat_per_hour",
        1000,
        integer(1, 1000),
        "智能机器人主动消息：每个会话每小时最多几条（平台上限 1000）",
    )
    register_setting(
        "channel.work_wechat.per_member_per_minute",
        25,
        integer(1, 30),
        "应用消息：每位成员每 60 秒最多收到几条（平台超过 30 条即静默丢弃）",
    )
    register_setting(
        "channel.sms.per_number_per_minute",
        1,
        integer(1, 100),
        "验证码短信：同一签名每 60 秒最多发给同一号码几条（阿里云上限 1）",
    )
    register_setting(
        "channel.sms.per_number_per_hour",
        5,
        integer(1, 1000),
        "验证码短信：同一签名每小时最多发给同一号码几条（阿里云上限 5）",
    )
    register_setting(
        "channel.sms.per_number_per_day",
        10,
        integer(1, 1000),
        "验证码短信：同一签名 24 小时内最多发给同一号码几条（阿里云上限 10）",
    )
    register_setting(
        "channel.sms.notices_per_number_per_day",
        50,
        integer(1, 1000),
        "通知短信：同一模板 24 小时内最多发给同一号码几条（阿里云上限 50）",
    )
    register_setting(
        "channel.wechat.template_per_day",
        100_000,
        integer(1, 10_000_000),
        "公众号：每 24 小时最多发送几条模板消息（平台默认 100000）",
    )
    register_setting(
        "channel.feishu.per_minute",
        100,
        integer(1, 100),
        "每个飞书机器人每 60 秒最多发送几条（平台上限 100）",
    )
    register_setting(
        "channel.feishu.per_second",
        5,
        integer(1, 5),
        "每个飞书机器人每秒最多发送几条（平台上限 5）",
    )
    register_setting(
        "channel.email.per_minute",
        600,
        integer(1, 100_000),
        "每个邮箱账号每 60 秒最多发送几封",
    )
    register_setting(
        "channel.app.jpush_per_minute",
        600,
        integer(1, 100_000),
        "极光推送：每个应用每 60 秒最多调用几次",
    )
