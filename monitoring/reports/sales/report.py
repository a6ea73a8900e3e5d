"""销售报表."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from config.api.keys import Scope
from config.api.permissions import STAFF
from customers.models import CustomerChannel, RiskLevel, Stage
from customers.queries.sales import Row as SalesRow
from monitoring.reports.asked import Asked
from monitoring.reports.choices import colleague, group, one_of
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
from monitoring.reports.sales import counts

SHOWN_AT_RISK = 50
NOBODY = "无人跟进"


def measured(asked: Asked) -> Mapping[str, Any]:
    totals = asked.once(counts.projects_by_day).totals
    return {
        "new": sum(row.count for row in asked.once(counts.new_customers)),
        "lost": asked.once(counts.lost_by_day).total(),
        "follow_ups": asked.once(counts.follow_ups).total(),
        "opened": totals.created.count,
        "won": totals.won.count,
        "amount": totals.won.amount,
        "win_rate": totals.conversion["win_rate"],
    }


def now(asked: Asked) -> Mapping[str, Any]:
    return {
        "overdue": asked.once(counts.tasks_overdue).total(),
        "at_risk": asked.once(counts.at_risk).total(),
    }


def by_day(asked: Asked) -> Sequence[Row]:
    new: Counter[Any] = Counter()
    for row in asked.once(counts.new_customers):
        new[row.day] += row.count
    written: Counter[Any] = Counter()
    for (day, _), count in asked.once(counts.follow_ups).items():
        written[day] += count
    lost = asked.once(counts.lost_by_day)
    projects = asked.once(counts.projects_by_day).rows
    return [
        {
            "day": day,
            "new": new[day],
            "lost": lost[day],
            "follow_ups": written[day],
            "opened": sold.created.count,
            "won": sold.won.count,
            "amount": sold.won.amount,
        }
        for day, sold in zip(asked.period.days, projects, strict=True)
    ]


def by_channel(asked: Asked) -> Sequence[Row]:
    new: Counter[str] = Counter()
    for row in asked.once(counts.new_customers):
        new[row.channel] += row.count
    total = new.total()
    return [
        {
            "channel": str(channel.label),
            "new": new[channel],
            "share": new[channel] / total if total else None,
        }
        for channel in CustomerChannel
    ]


def by_stage(asked: Asked) -> Sequence[Row]:
    """Of those created in the span, where they are by now; and what is going on in each stage."""
    totals = asked.once(counts.projects_by_day).totals
    going_on = counts.open_by_stage(asked)
    onwards = {
        Stage.PRESALE: totals.conversion["presale_to_insale"],
        Stage.INSALE: totals.conversion["insale_to_aftersale"],
    }
    return [
        {
            "stage": str(stage.label),
            "created": totals.stages[stage.value].count,
            "created_amount": totals.stages[stage.value].amount,
            "conversion": onwards.get(stage),
            "open": going_on.get(stage, (0, Decimal(0)))[0],
            "open_amount": going_on.get(stage, (0, Decimal(0)))[1],
        }
        for stage in Stage
    ]


def by_owner(asked: Asked) -> Sequence[Row]:
    """Whoever has anything to count, the best sellers first."""
    counted = _counted_by_owner(asked)
    names = counts.accounts_of({pk for found in counted.values() for pk in found})
    rows: dict[str, Row] = {}
    for name, found in counted.items():
        for pk, count in found.items():
            account, label = names.get(pk, ("", NOBODY))
            _owner_row(rows, account, label)[name] += count
    for sold in asked.once(counts.projects_by_owner).rows:
        _add_sales(_owner_row(rows, sold.key, sold.label), sold)
    return sorted(rows.values(), key=lambda row: (-row["amount"], -row["new"], row["owner"]))


def _counted_by_owner(asked: Asked) -> dict[str, Counter[int | None]]:
    new: Counter[int | None] = Counter()
    for row in asked.once(counts.new_customers):
        new[row.owner] += row.count
    written: Counter[int | None] = Counter()
    for (_, author), count in asked.once(counts.follow_ups).items():
        written[author] += count
    return {
        "new": new,
        "follow_ups": written,
        "done": counts.tasks_done(asked),
        "overdue": asked.once(counts.tasks_overdue),
        "at_risk": asked.once(counts.at_risk),
    }


def _owner_row(rows: dict[str, Row], account: str, label: str) -> Row:
    if account not in rows:
        empty: Row = {column.name: 0 for column in OWNER_COLUMNS}
        names = {"owner": label if account else NOBODY, "account": account}
        rows[account] = {**empty, **names, "amount": Decimal(0), "win_rate": None}
    return rows[account]


def _add_sales(row: Row, sold: SalesRow) -> None:
    row["opened"] += sold.created.count
    row["won"] += sold.won.count
    row["lost"] += sold.lost.count
    row["amount"] += sold.won.amount
    row["win_rate"] = sold.conversion["win_rate"]


def at_risk(asked: Asked) -> Sequence[Row]:
    return [
        {
            "customer": customer.name,
            "company": customer.company,
            "owner": customer.follow_user.display_name if customer.follow_user else NOBODY,
            "level": str(RiskLevel(customer.risk_level).label),
            "score": customer.risk_score,
            "last_active_at": customer.last_active_at,
        }
        for customer in counts.risky(asked)[:SHOWN_AT_RISK]
    ]


OWNER_COLUMNS = (
    Column("owner", "跟进人", Kind.TEXT),
    Column("account", "账号", Kind.TEXT),
    Column("new", "新增客户"),
    Column("follow_ups", "跟进记录"),
    Column("done", "完成任务"),
    Column("overdue", "逾期任务（当前）"),
    Column("at_risk", "流失预警（当前）"),
    Column("opened", "新建项目"),
    Column("won", "成交项目"),
    Column("lost", "丢单"),
    Column("amount", "成交金额", Kind.YUAN),
    Column("win_rate", "赢单率", Kind.SHARE),
)

SALES = Report(
    name="sales",
    title="销售报表",
    about="新增客户、项目转化、跟进与待办、流失预警",
    scope=Scope.REPORTS_READ,
    roles=STAFF,
    filters=(
        colleague("owner", "跟进人"),
        group(),
        one_of("channel", "客户来源", lambda: CustomerChannel.choices),
    ),
    measures=(
        Measure("new", "新增客户", good=Good.UP),
        Measure("lost", "流失客户", good=Good.DOWN),
        Measure("follow_ups", "跟进记录", good=Good.UP),
        Measure("opened", "新建项目", good=Good.UP),
        Measure("won", "成交项目", good=Good.UP),
        Measure("amount", "成交金额", Kind.YUAN, Good.UP),
        Measure("win_rate", "赢单率", Kind.SHARE, Good.UP),
        Measure("overdue", "逾期任务", good=Good.DOWN, is_now=True),
        Measure("at_risk", "流失预警客户", good=Good.DOWN, is_now=True),
    ),
    measured=measured,
    now=now,
    tables=(
        Table(
            "by_day",
            "按天",
            (
                Column("day", "日期", Kind.DAY),
                Column("new", "新增客户"),
                Column("lost", "流失客户"),
                Column("follow_ups", "跟进记录"),
                Column("opened", "新建项目"),
                Column("won", "成交项目"),
                Column("amount", "成交金额", Kind.YUAN),
            ),
            by_day,
        ),
        Table(
            "by_stage",
            "项目阶段与转化",
            (
                Column("stage", "阶段", Kind.TEXT),
                Column("created", "期间新建"),
                Column("created_amount", "期间新建金额", Kind.YUAN),
                Column("conversion", "转到下一阶段", Kind.SHARE),
                Column("open", "进行中（当前）"),
                Column("open_amount", "进行中金额", Kind.YUAN),
            ),
            by_stage,
            note="“期间新建”按项目现在所处的阶段统计；转化率为其中已进入下一阶段的比例。",
        ),
        Table("by_owner", "按跟进人", OWNER_COLUMNS, by_owner),
        Table(
            "by_channel",
            "按来源",
            (
                Column("channel", "来源", Kind.TEXT),
                Column("new", "新增客户"),
                Column("share", "占比", Kind.SHARE),
            ),
            by_channel,
        ),
        Table(
            "at_risk",
            "流失预警客户（当前）",
            (
                Column("customer", "客户", Kind.TEXT),
                Column("company", "公司", Kind.TEXT),
                Column("owner", "跟进人", Kind.TEXT),
                Column("level", "等级", Kind.TEXT),
                Column("score", "风险分"),
                Column("last_active_at", "最近活跃", Kind.MOMENT),
            ),
            at_risk,
            note=f"风险最高的 {SHOWN_AT_RISK} 位。",
        ),
    ),
    charts=(
        Chart("growth", "新增与流失客户", Shape.BARS, "by_day", "day", ("new", "lost")),
        Chart("sales", "新建与成交项目", Shape.BARS, "by_day", "day", ("opened", "won")),
        Chart("channels", "新增客户来源", Shape.SHARES, "by_channel", "channel", ("new",)),
        Chart("stages", "期间新建项目的阶段", Shape.SHARES, "by_stage", "stage", ("created",)),
    ),
)
