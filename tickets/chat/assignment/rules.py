"""What the operators set about the queue: words, opening hours, priorities, offline colleagues."""

from datetime import datetime
from typing import Any

from config.runtime import store
from config.runtime.schema import integer
from customers.models import Customer, CustomerTag
from tickets.working_time.clock import is_working_time
from tickets.working_time.hours import HOURS_SCHEMA, check_hours

HOURS = "chat.opening_hours"
HOURS_OR_NONE: dict[str, Any] = {"anyOf": [{"type": "null"}, HOURS_SCHEMA]}

TAGS = "chat.priority_tags"
TAGS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "maxProperties": 100,
    "propertyNames": {"maxLength": 30},
    "additionalProperties": integer(1, 9),
}

OFFLINE = "chat.offline_policy"
DEFAULT_OFFLINE = {"hand_on": True, "patience_seconds": 0}
OFFLINE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"hand_on": {"type": "boolean"}, "patience_seconds": integer(0, 24 * 3600)},
    "additionalProperties": False,
}

UNATTENDED = "chat.unattended_seconds"

TEXTS = "chat.texts"
DEFAULT_TEXTS = {
    "assigned": "{agent} 已接入，为您服务",
    "next": "客服正忙，您是下一位，请稍候；您可以先把问题写下来",
    "queued": "客服正忙，前面还有 {ahead} 位，请稍候；您可以先把问题写下来",
    "handed_on": "正在为您转接其他客服，请稍候",
    "closed": "现在不在服务时间。请留言，我们会登记为工单并尽快回复您",
    "nobody": "现在没有客服在线。请留言，我们会登记为工单并尽快回复您",
    "ticketed": "您的留言已登记为工单 #{ticket}，我们会尽快回复您",
}
TEXTS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": "string", "maxLength": 300} for name in DEFAULT_TEXTS},
    "additionalProperties": False,
}


def check_opening_hours(hours: Any) -> None:
    if hours is not None:
        check_hours(hours)


def is_open(now: datetime) -> bool:
    """By `chat.opening_hours` and the calendar; without hours, always."""
    hours = store.get(HOURS)
    return hours is None or is_working_time(now, hours)


def text(name: str, **values: object) -> str:
    """One of `chat.texts`, its {places} filled."""
    words: str = store.get(TEXTS)[name]
    for place, value in values.items():
        words = words.replace(f"{{{place}}}", str(value))
    return words


def priority_of(customer: Customer) -> int:
    """0, or the highest that `chat.priority_tags` gives for one of the customer's tags."""
    by_tag: dict[str, int] = store.get(TAGS)
    if not by_tag:
        return 0
    carried = CustomerTag.objects.filter(customer=customer, tag__name__in=by_tag)
    return max((by_tag[name] for name in carried.values_list("tag__name", flat=True)), default=0)
