"""消息报表."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from config.api.keys import Scope
from config.api.permissions import ADMINS
from config.errors import InvalidInputError
from customers.actors import Actor
from messaging.models import ChannelType, MessageTemplate
from messaging.statistics.figures import Figures
from monitoring.reports.asked import Asked
from monitoring.reports.choices import key_given, one_of
from monitoring.reports.definition import (
    Chart,
    Choice,
    Column,
    Filter,
    Good,
    Kind,
    Measure,
    Report,
    Row,
    Shape,
    Table,
)
from monitoring.reports.messages import counts
from monitoring.reports.tickets.counts import share

NO_TEMPLATE = "不用模板"
OFFERED_TEMPLATES = 200
_BATCH_STATUS = {
    "finished": "已完成",
    "cancelled": "已取消",
    "paused": "已暂停",
    "scheduled": "定时",
    "queued": "排队中",
    "sending": "发送中",
}


def measured(asked: Asked) -> Mapping[str, Any]:
    return _row(asked.once(counts.totals))


def _row(figures: Figures) -> Row:
    """`sent` is what the provider took, also where it told us more since."""
    answered = figures.durations.total()
    return {
        "total": figures.total,
        "sent": figures.arrived,
        "delivered": figures.delivered,
        "read": figures.read,
        "failed": figures.failed,
        "cancelled": figures.cancelled,
        "success": share(figures.arrived, figures.arrived + figures.failed),
        "average": figures.avg_response_ms if answered else None,
        "p95": figures.p95_response_ms if answered else None,
    }


def by_day(asked: Asked) -> Sequence[Row]:
    found = counts.added_up(asked, lambda day, slot: day)
    today = timezone.localdate()
    return [
        {"day": day, **_row(found.get(day) or Figures())}
        for day in asked.period.days
        if day <= today
    ]


def by_channel(asked: Asked) -> Sequence[Row]:
    """Every channel, those that sent nothing too."""
    found = counts.added_up(asked, lambda day, slot: slot.channel)
    asked_for = asked.filters.get("channel")
    return [
        {"channel": str(channel.label), **_row(found.get(channel.value) or Figures())}
        for channel in ChannelType
        if asked_for in (None, channel.value)
    ]


def by_template(asked: Asked) -> Sequence[Row]:
    found = counts.added_up(asked, lambda day, slot: slot.template_id)
    names = counts.template_names(set(found))
    return [
        {"template": names.get(pk, f"模板 {pk}") if pk else NO_TEMPLATE, **_row(figures)}
        for pk, figures in sorted(found.items(), key=lambda item: (-item[1].total, item[0]))
    ]


def reasons(asked: Asked) -> Sequence[Row]:
    failed = asked.once(counts.totals).failed
    return [
        {
            "reason": reason.code or "未说明",
            "channel": str(ChannelType(reason.channel).label),
            "detail": reason.detail,
            "count": reason.count,
            "share": min(reason.count / failed, 1.0) if failed else None,
        }
        for reason in counts.reasons(asked)
    ]


def batches(asked: Asked) -> Sequence[Row]:
    return [
        {
            "batch": batch.batch_id,
            "at": batch.created_at,
            "by": batch.created_by.display_name if batch.created_by else "",
            "channel": str(ChannelType(batch.channel).label),
            "template": batch.template.name if batch.template else NO_TEMPLATE,
            "status": _BATCH_STATUS[progress["status"]],
            "total": progress["total"],
            "sent": progress["sent"] + progress["delivered"],
            "failed": progress["failed"],
            "success": share(
                progress["sent"] + progress["delivered"],
                progress["sent"] + progress["delivered"] + progress["failed"],
            ),
        }
        for batch, progress in counts.batches(asked)
    ]


def _template(text: str, attr: str) -> MessageTemplate:
    """By id or code."""
    key = key_given(text)
    found = MessageTemplate.objects.filter(pk=key).first() if key else None
    found = found or MessageTemplate.objects.filter(code=text).first()
    if found is None:
        raise InvalidInputError(f"没有模板「{text[:50]}」", code="unknown_template", attr=attr)
    return found


def _templates(actor: Actor) -> list[Choice]:
    rows = MessageTemplate.objects.order_by("name", "pk").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows[:OFFERED_TEMPLATES]]


FIGURES = (
    Column("total", "总数"),
    Column("sent", "已发送"),
    Column("delivered", "已送达"),
    Column("read", "已读"),
    Column("failed", "失败"),
    Column("cancelled", "已取消"),
    Column("success", "成功率", Kind.SHARE),
    Column("average", "平均响应", Kind.MILLISECONDS),
    Column("p95", "P95 响应", Kind.MILLISECONDS),
)

MESSAGES = Report(
    name="messages",
    title="消息报表",
    about="各渠道、模板的发送量、送达、成功率、响应时间，失败原因与批次",
    scope=Scope.REPORTS_READ,
    # As the messages themselves.
    roles=ADMINS,
    filters=(
        one_of("channel", "渠道", lambda: ChannelType.choices),
        Filter("template", "模板", _template, _templates),
    ),
    measures=(
        Measure("total", "总数"),
        Measure("sent", "已发送", good=Good.UP),
        Measure("delivered", "已送达", good=Good.UP),
        Measure("read", "已读", good=Good.UP),
        Measure("failed", "失败", good=Good.DOWN),
        Measure("success", "成功率", Kind.SHARE, Good.UP),
        Measure("average", "平均响应", Kind.MILLISECONDS, Good.DOWN),
        Measure("p95", "P95 响应", Kind.MILLISECONDS, Good.DOWN),
    ),
    measured=measured,
    now=lambda asked: {},
    tables=(
        Table(
            "by_day",
            "按天",
            (Column("day", "日期", Kind.DAY), *FIGURES),
            by_day,
            note="按消息的创建日统计；已发送含已送达、已读，已送达含已读。",
        ),
        Table("by_channel", "按渠道", (Column("channel", "渠道", Kind.TEXT), *FIGURES), by_channel),
        Table(
            "by_template", "按模板", (Column("template", "模板", Kind.TEXT), *FIGURES), by_template
        ),
        Table(
            "reasons",
            "失败原因",
            (
                Column("reason", "错误码", Kind.TEXT),
                Column("channel", "渠道", Kind.TEXT),
                Column("detail", "说明（一例）", Kind.TEXT),
                Column("count", "消息"),
                Column("share", "占失败", Kind.SHARE),
            ),
            reasons,
            note=f"最多的 {counts.SHOWN_REASONS} 种。",
        ),
        Table(
            "batches",
            "批次",
            (
                Column("batch", "批次号", Kind.TEXT),
                Column("at", "提交时间", Kind.MOMENT),
                Column("by", "提交人", Kind.TEXT),
                Column("channel", "渠道", Kind.TEXT),
                Column("template", "模板", Kind.TEXT),
                Column("status", "状态", Kind.TEXT),
                Column("total", "总数"),
                Column("sent", "已发送"),
                Column("failed", "失败"),
                Column("success", "成功率", Kind.SHARE),
            ),
            batches,
            note=f"最近的 {counts.SHOWN_BATCHES} 批。",
        ),
    ),
    charts=(
        Chart("trend", "发送与失败", Shape.BARS, "by_day", "day", ("sent", "failed")),
        Chart("success", "成功率", Shape.LINES, "by_day", "day", ("success",)),
        Chart("channels", "各渠道", Shape.SHARES, "by_channel", "channel", ("sent", "failed")),
        Chart("reasons", "失败原因", Shape.SHARES, "reasons", "reason", ("count",)),
    ),
)
