"""工单报表."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from config.api.keys import Scope
from config.api.permissions import STAFF
from customers.actors import Entry
from customers.models import Stage
from monitoring.reports.asked import Asked
from monitoring.reports.choices import colleague, group, one_of, words
from monitoring.reports.definition import (
    Chart,
    Column,
    Good,
    Kind,
    Measure,
    Report,
    Row,
    Shape,
    Table,
)
from monitoring.reports.tickets import counts
from monitoring.reports.tickets.counts import share
from tickets.history.durations import Spread
from tickets.history.statistics import Figures, figures_by, figures_by_assignee
from tickets.models import Priority

SHOWN_LATE = 50


def measured(asked: Asked) -> Mapping[str, Any]:
    found = asked.once(counts.totals)
    response, resolution = asked.once(counts.by_their_clocks)
    return {
        "created": found.total,
        "resolved": sum(asked.once(counts.resolved_by_day).values()),
        "closed": sum(asked.once(counts.closed_by_day).values()),
        "response": response.median,
        "response_p90": response.p90,
        "resolution": resolution.median,
        "resolution_p90": resolution.p90,
        "sla": share(found.sla_kept, found.sla_kept + found.sla_breached),
        "reopened": share(found.reopened, found.total),
        "satisfaction": found.satisfaction,
    }


def now(asked: Asked) -> Mapping[str, Any]:
    return {"overdue": counts.overdue_now(asked)}


def by_day(asked: Asked) -> Sequence[Row]:
    created, resolved = asked.once(counts.created_by_day), asked.once(counts.resolved_by_day)
    closed, pile = asked.once(counts.closed_by_day), counts.pile_by_day(asked)
    today = timezone.localdate()
    return [
        {
            "day": day,
            "created": created.get(day, 0),
            "resolved": resolved.get(day, 0),
            "closed": closed.get(day, 0),
            # A day to come has none yet.
            "open": pile[day] if day <= today else None,
        }
        for day in asked.period.days
    ]


def times(asked: Asked) -> Sequence[Row]:
    response, resolution = asked.once(counts.by_their_clocks)
    return [
        _spread("首次响应", "按 SLA 计时", response),
        _spread("首次响应", "自然时间", counts.plain_response(asked)),
        _spread("解决", "按 SLA 计时", resolution),
        _spread("解决", "自然时间", counts.plain_resolution(asked)),
    ]


def _spread(what: str, clock: str, spread: Spread) -> Row:
    return {
        "what": what,
        "clock": clock,
        "count": spread.count,
        "average": spread.average,
        "median": spread.median,
        "p90": spread.p90,
    }


def by_assignee(asked: Asked) -> Sequence[Row]:
    return _rows(figures_by_assignee(counts.tickets_asked(asked), asked.period))


def _by(field: str, label: Callable[[Any], str]) -> Callable[[Asked], Sequence[Row]]:
    def rows(asked: Asked) -> Sequence[Row]:
        return _rows(figures_by(counts.tickets_asked(asked), asked.period, field, label))

    return rows


def _rows(found: Iterable[Figures]) -> list[Row]:
    return [
        {
            "label": row.label,
            "total": row.total,
            "open": row.open,
            "solved": row.solved,
            "reopened": row.reopened,
            "sla_missed": row.sla_breached,
            "sla": share(row.sla_kept, row.sla_kept + row.sla_breached),
            "response": row.average_response,
            "resolution": row.average_resolution,
            "rated": row.rated,
            "satisfaction": row.satisfaction,
        }
        for row in found
    ]


def late(asked: Asked) -> Sequence[Row]:
    """Those whose deadline is longest past."""
    tickets = counts.late(asked).select_related("assignee").order_by("deadline", "pk")
    return [
        {
            "number": f"#{ticket.pk}",
            "title": ticket.title,
            "priority": str(Priority(ticket.priority).label),
            "assignee": ticket.assigned_to_name or "未分配",
            "deadline": ticket.deadline,
            "late": (timezone.now() - ticket.deadline).total_seconds(),
        }
        for ticket in tickets[:SHOWN_LATE]
    ]


def _columns(title: str) -> Sequence[Column]:
    return (
        Column("label", title, Kind.TEXT),
        Column("total", "工单"),
        Column("open", "未解决"),
        Column("solved", "已解决"),
        Column("reopened", "重开过"),
        Column("sla_missed", "超时"),
        Column("sla", "SLA 达成率", Kind.SHARE),
        Column("response", "平均首次响应", Kind.SECONDS),
        Column("resolution", "平均解决", Kind.SECONDS),
        Column("rated", "评价"),
        Column("satisfaction", "满意度", Kind.SCORE),
    )


_MADE = "统计期间内创建的工单，按其现在的状态。"

TICKETS = Report(
    name="tickets",
    title="工单报表",
    about="新建、解决与积压，响应与解决用时，SLA 达成，逾期与重开",
    scope=Scope.REPORTS_READ,
    roles=STAFF,
    filters=(
        colleague("assignee", "负责人"),
        group(),
        one_of("priority", "优先级", lambda: Priority.choices),
        one_of("stage", "项目阶段", lambda: Stage.choices),
        one_of("entry", "入口", lambda: Entry.choices),
        words("product", "产品"),
    ),
    measures=(
        Measure("created", "新建"),
        Measure("resolved", "解决", good=Good.UP),
        Measure("closed", "关闭", good=Good.UP),
        Measure("overdue", "当前逾期", good=Good.DOWN, is_now=True),
        Measure("response", "首次响应中位", Kind.SECONDS, Good.DOWN),
        Measure("response_p90", "首次响应 P90", Kind.SECONDS, Good.DOWN),
        Measure("resolution", "解决用时中位", Kind.SECONDS, Good.DOWN),
        Measure("resolution_p90", "解决用时 P90", Kind.SECONDS, Good.DOWN),
        Measure("sla", "SLA 达成率", Kind.SHARE, Good.UP),
        Measure("reopened", "重开率", Kind.SHARE, Good.DOWN),
        Measure("satisfaction", "平均满意度", Kind.SCORE, Good.UP),
    ),
    measured=measured,
    now=now,
    tables=(
        Table(
            "by_day",
            "按天",
            (
                Column("day", "日期", Kind.DAY),
                Column("created", "新建"),
                Column("resolved", "解决"),
                Column("closed", "关闭"),
                Column("open", "当日末积压"),
            ),
            by_day,
            note="解决、关闭按发生日统计；积压由工单现在的状态回推。",
        ),
        Table(
            "times",
            "用时",
            (
                Column("what", "指标", Kind.TEXT),
                Column("clock", "计时", Kind.TEXT),
                Column("count", "工单"),
                Column("average", "平均", Kind.SECONDS),
                Column("median", "中位", Kind.SECONDS),
                Column("p90", "P90", Kind.SECONDS),
            ),
            times,
            note="“按 SLA 计时”：策略按工作时间计时的工单只算工作时间，等待客户的时间不计；其余按自然时间。",
        ),
        Table("by_assignee", "按负责人", _columns("负责人"), by_assignee, note=_MADE),
        Table(
            "by_priority",
            "按优先级",
            _columns("优先级"),
            _by("priority", lambda value: str(Priority(value).label)),
            note=_MADE,
        ),
        Table(
            "by_product",
            "按产品",
            _columns("产品"),
            _by("product", lambda value: value or "未填写"),
            note=_MADE,
        ),
        Table(
            "by_stage",
            "按项目阶段",
            _columns("项目阶段"),
            _by("project__stage", lambda value: str(Stage(value).label) if value else "无项目"),
            note=_MADE,
        ),
        Table(
            "late",
            "当前逾期的工单",
            (
                Column("number", "工单", Kind.TEXT),
                Column("title", "标题", Kind.TEXT),
                Column("priority", "优先级", Kind.TEXT),
                Column("assignee", "负责人", Kind.TEXT),
                Column("deadline", "期限", Kind.MOMENT),
                Column("late", "已逾期", Kind.SECONDS),
            ),
            late,
            note=f"逾期最久的 {SHOWN_LATE} 个。",
        ),
    ),
    charts=(
        Chart("flow", "新建与解决", Shape.BARS, "by_day", "day", ("created", "resolved")),
        Chart("pile", "积压趋势", Shape.LINES, "by_day", "day", ("open",)),
        Chart("priorities", "按优先级", Shape.SHARES, "by_priority", "label", ("total",)),
        Chart("products", "按产品", Shape.SHARES, "by_product", "label", ("total",)),
    ),
)
