"""A policy in words, for operators."""

from collections.abc import Mapping, Sequence

from customers.models import Tag
from tickets.models import Clock, Priority
from tickets.sla.rules import TELL, Rules, Rung


def condition_words(rules: Rules, tags: Mapping[int, str] | None = None) -> str:
    """`优先级 高、紧急；产品 云服务器`, or that it is for everybody; `tags` are names known already."""
    parts: list[str] = []
    if rules.priorities:
        labels = [str(Priority(priority).label) for priority in rules.priorities]
        parts.append(f"优先级 {'、'.join(labels)}")
    if rules.products:
        parts.append(f"产品 {'、'.join(rules.products)}")
    if rules.tags:
        if tags is None:
            tags = dict(Tag.objects.filter(pk__in=rules.tags).values_list("pk", "name"))
        parts.append("客户标签 " + "、".join(tags.get(tag, "（已删除）") for tag in rules.tags))
    return "；".join(parts) or "所有工单"


def promise_words(rules: Rules) -> str:
    """`首次响应 1 小时、解决 10 小时（工作时间）`."""
    parts: list[str] = []
    if rules.response_minutes is not None:
        parts.append(f"首次响应 {minutes_words(rules.response_minutes)}")
    if rules.resolution_minutes is not None:
        parts.append(f"解决 {minutes_words(rules.resolution_minutes)}")
    return f"{'、'.join(parts)}（{Clock(rules.clock).label}）"


def ladder_words(ladder: Sequence[Rung]) -> str:
    """`50% 负责人 → 80% 负责人、主管`."""
    words = [f"{rung.percent}% {'、'.join(TELL[name] for name in rung.tell)}" for rung in ladder]
    return " → ".join(words) or "不通知"


def minutes_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} 分钟"
    return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
