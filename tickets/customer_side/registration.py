"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from config.events.subscribers import subscribe
from config.runtime.schema import integer
from config.runtime.schema import register as register_setting
from messaging.models import ChannelType

_HOURS = integer(1, 24 * 365)
_SWITCH = {"type": "boolean"}
NOTIFY = "tickets.tasks.notices.notify_customer"
TOLD = ("created", "replied", "waiting", "resolved", "cancelled", "merged")


def register() -> None:
    """Runtime settings and subscriptions of `tickets.customer_side`."""
    for event in TOLD:
        subscribe(f"ticket.{event}", NOTIFY)
    register_setting(
        "ticket.link_hours",
        {"group": 168, "customer": 72},
        _object({"group": _HOURS, "customer": _HOURS}),
        "安全链接多少小时后失效：group 群卡片里的（只读），customer 发给客户的（可回复、评价）",
        titles={
            "group": "群卡片里的",
            "customer": "发给客户的",
        },
    )
    register_setting(
        "ticket.submit_products",
        [],
        {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": 100},
            "uniqueItems": True,
            "maxItems": 200,
        },
        "提交问题页可选的产品；客户总可以另填",
    )
    register_setting(
        "ticket.customer_notices",
        {
            "created": True,
            "created_by_staff": False,
            "replied": True,
            "waiting": True,
            "resolved": True,
            "cancelled": True,
            "channels": ["WECHAT", "SMS", "EMAIL", "APP"],
        },
        _object(
            {
                "created": _SWITCH,
                "created_by_staff": _SWITCH,
                "replied": _SWITCH,
                "waiting": _SWITCH,
                "resolved": _SWITCH,
                "cancelled": _SWITCH,
                "channels": {
                    "type": "array",
                    "items": {"enum": list(ChannelType.values)},
                    "uniqueItems": True,
                },
            }
        ),
        "通知客户：created 客户自己提交的工单已受理，created_by_staff 员工代建的工单，replied 有公开回复，"
        "waiting 等待客户，resolved 已解决（附评价链接），cancelled 已取消或已合并；"
        "channels 依次尝试的渠道，用第一个能到达客户的",
        titles={
            "created": "客户提交的已受理",
            "created_by_staff": "员工代建",
            "replied": "有公开回复",
            "waiting": "等待客户",
            "resolved": "已解决",
            "cancelled": "已取消或已合并",
            "channels": "依次尝试的渠道",
        },
    )


def _object(properties: dict[str, object]) -> dict[str, object]:
    return {"type": "object", "properties": properties, "additionalProperties": False}
