"""服务质量报表."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from config.api.keys import Scope
from config.api.permissions import STAFF
from config.errors import InvalidInputError
from monitoring.reports.asked import Asked
from monitoring.reports.choices import colleague, group, one_of
from monitoring.reports.definition import (
    Chart,
    Choice,
    Column,
    Good,
    Kind,
    Measure,
    Report,
    Row,
    Shape,
    Table,
)
from monitoring.reports.service import counts
from monitoring.reports.tickets.counts import share
from tickets.chat.entries import registry
from tickets.chat.statistics.figures import Figures
from tickets.history.statistics import Figures as TicketFigures
from tickets.models import Intent

SHOWN_COMMENTS = 50
SCORES = range(5, 0, -1)


def measured(asked: Asked) -> Mapping[str, Any]:
    found = asked.once(counts.chats).totals
    scores = asked.once(counts.ticket_scores)
    turns = counts.assistant(asked)
    return {
        "asked": found.asked,
        "wait": found.wait.average,
        "first_reply": found.first_reply.average,
        "first_reply_p90": found.first_reply.p90,
        "handling": found.handling.average,
        "abandonment": found.abandonment if counts.is_desk(asked) else None,
        "satisfaction": found.satisfaction,
        "ticket_satisfaction": (
            sum(score * count for score, count in scores.items()) / scores.total()
            if scores
            else None
        ),
        "assistant": share(turns.answered, turns.answered + turns.handed_over),
    }


def by_day(asked: Asked) -> Sequence[Row]:
    days = asked.once(counts.chats).days
    today = timezone.localdate()
    is_desk = counts.is_desk(asked)
    return [
        {**_day(days.get(day, Figures()), is_desk=is_desk), "day": day}
        for day in asked.period.days
        if day <= today
    ]


def _day(figures: Figures, *, is_desk: bool) -> Row:
    """Who gave up waiting had no agent: that is told of the desk alone."""
    return {
        "asked": figures.asked,
        "assigned": figures.assigned,
        "abandoned": figures.abandoned + figures.unattended if is_desk else None,
        "abandonment": figures.abandonment if is_desk else None,
        "wait": figures.wait.average,
        "first_reply": figures.first_reply.average,
        "handling": figures.handling.average,
        "missed": figures.missed,
        "rated": figures.rated,
        "satisfaction": figures.satisfaction,
    }


def by_agent(asked: Asked) -> Sequence[Row]:
    tickets = counts.tickets_by_account(asked)
    nothing = TicketFigures(key="", label="")
    rows = []
    for one in counts.agents(asked):
        figures = one.figures
        worked = tickets.get(counts.key_of(one), nothing)
        rows.append(
            {
                "agent": one.user.display_name,
                "account": counts.key_of(one),
                "hours": f"{one.of_the_time.hours:.1f}",
                "assigned": figures.assigned,
                "wait": figures.wait.average,
                "first_reply": figures.first_reply.average,
                "handling": figures.handling.average,
                "missed": figures.missed,
                "rated": figures.rated,
                "rated_low": figures.rated_low,
                "satisfaction": figures.satisfaction,
                "tickets": worked.total,
                "reopened": share(worked.reopened, worked.total),
                "ticket_satisfaction": worked.satisfaction,
            }
        )
    return rows


def ratings(asked: Asked) -> Sequence[Row]:
    chats, tickets = counts.chat_scores(asked), asked.once(counts.ticket_scores)
    return [
        {
            "score": f"{score} 分",
            "chats": chats[score],
            "chat_share": share(chats[score], chats.total()),
            "tickets": tickets[score],
            "ticket_share": share(tickets[score], tickets.total()),
        }
        for score in SCORES
    ]


def comments(asked: Asked) -> Sequence[Row]:
    """Of chats and tickets, the latest first."""
    chats = counts.rated_chats(asked).exclude(rating_comment="").select_related("agent")
    tickets = counts.ticket_ratings(asked).exclude(comment="").select_related("assignee")
    rows: list[Row] = [
        {
            "at": chat.rated_at or chat.created_at,
            "of": f"会话 {chat.pk}",
            "agent": chat.agent.display_name if chat.agent else "",
            "score": chat.rating_score,
            "comment": chat.rating_comment,
        }
        for chat in chats.order_by("-created_at", "-pk")[:SHOWN_COMMENTS]
    ] + [
        {
            "at": rating.created_at,
            "of": f"工单 #{rating.ticket_id}",
            "agent": rating.assignee.display_name if rating.assignee else "",
            "score": rating.score,
            "comment": rating.comment,
        }
        for rating in tickets.order_by("-created_at", "-pk")[:SHOWN_COMMENTS]
    ]
    rows.sort(key=lambda row: row["at"], reverse=True)
    return rows[:SHOWN_COMMENTS]


def assistant(asked: Asked) -> Sequence[Row]:
    found = asked.once(counts.turns_by_intent)
    return [
        {
            "intent": str(Intent(intent).label) if intent in Intent else "未识别",
            "total": turns.total,
            "answered": turns.answered,
            "handed_over": turns.handed_over,
            "failed": turns.failed,
            "share": share(turns.answered, turns.answered + turns.handed_over),
        }
        for intent, turns in sorted(found.items(), key=lambda item: (-item[1].total, item[0]))
    ]


def check(asked: Asked) -> None:
    """Hours are kept by entry or by agent, not by both."""
    if "entry" in asked.filters and not counts.is_desk(asked):
        raise InvalidInputError("按客服统计时不能再按入口筛选", attr="entry")


def _entries() -> list[Choice]:
    return [(code, registry.label(code)) for code in registry.codes()]


SERVICE = Report(
    name="service",
    title="服务质量报表",
    about="会话接待、等待与回复、评价与评语、工单重开、智能助手",
    scope=Scope.REPORTS_READ,
    roles=STAFF,
    filters=(
        colleague("agent", "客服"),
        group(),
        one_of("entry", "会话入口", _entries),
    ),
    measures=(
        Measure("asked", "会话"),
        Measure("wait", "平均等待", Kind.SECONDS, Good.DOWN),
        Measure("first_reply", "平均首次回复", Kind.SECONDS, Good.DOWN),
        Measure("first_reply_p90", "首次回复 P90", Kind.SECONDS, Good.DOWN),
        Measure("handling", "平均接待", Kind.SECONDS, Good.DOWN),
        Measure("abandonment", "放弃率", Kind.SHARE, Good.DOWN),
        Measure("satisfaction", "会话满意度", Kind.SCORE, Good.UP),
        Measure("ticket_satisfaction", "工单满意度", Kind.SCORE, Good.UP),
        Measure("assistant", "助手自助率", Kind.SHARE, Good.UP),
    ),
    measured=measured,
    now=lambda asked: {},
    tables=(
        Table(
            "by_day",
            "按天",
            (
                Column("day", "日期", Kind.DAY),
                Column("asked", "会话"),
                Column("assigned", "接入"),
                Column("abandoned", "放弃"),
                Column("abandonment", "放弃率", Kind.SHARE),
                Column("wait", "平均等待", Kind.SECONDS),
                Column("first_reply", "平均首次回复", Kind.SECONDS),
                Column("handling", "平均接待", Kind.SECONDS),
                Column("missed", "超时未应答"),
                Column("rated", "评价"),
                Column("satisfaction", "满意度", Kind.SCORE),
            ),
            by_day,
            note="按客户发起会话的日期统计；放弃含无人值守。",
        ),
        Table(
            "by_agent",
            "按客服",
            (
                Column("agent", "客服", Kind.TEXT),
                Column("account", "账号", Kind.TEXT),
                Column("hours", "在岗小时", Kind.TEXT),
                Column("assigned", "接入"),
                Column("wait", "平均等待", Kind.SECONDS),
                Column("first_reply", "平均首次回复", Kind.SECONDS),
                Column("handling", "平均接待", Kind.SECONDS),
                Column("missed", "超时未应答"),
                Column("rated", "评价"),
                Column("rated_low", "低分"),
                Column("satisfaction", "会话满意度", Kind.SCORE),
                Column("tickets", "工单"),
                Column("reopened", "工单重开率", Kind.SHARE),
                Column("ticket_satisfaction", "工单满意度", Kind.SCORE),
            ),
            by_agent,
            note="会话按最后接待的客服统计，各入口合计。",
        ),
        Table(
            "ratings",
            "评分分布",
            (
                Column("score", "评分", Kind.TEXT),
                Column("chats", "会话"),
                Column("chat_share", "会话占比", Kind.SHARE),
                Column("tickets", "工单"),
                Column("ticket_share", "工单占比", Kind.SHARE),
            ),
            ratings,
        ),
        Table(
            "assistant",
            "智能助手",
            (
                Column("intent", "意图", Kind.TEXT),
                Column("total", "客户消息"),
                Column("answered", "助手处理"),
                Column("handed_over", "转人工"),
                Column("failed", "失败"),
                Column("share", "自助率", Kind.SHARE),
            ),
            assistant,
            note="自助率：助手处理占助手处理与转人工之和的比例。",
        ),
        Table(
            "comments",
            "最近的评语",
            (
                Column("at", "时间", Kind.MOMENT),
                Column("of", "来自", Kind.TEXT),
                Column("agent", "客服", Kind.TEXT),
                Column("score", "评分"),
                Column("comment", "评语", Kind.TEXT),
            ),
            comments,
            note=f"最近 {SHOWN_COMMENTS} 条。",
        ),
    ),
    charts=(
        Chart("chats", "会话与放弃", Shape.BARS, "by_day", "day", ("asked", "abandoned")),
        Chart("speed", "等待与首次回复", Shape.LINES, "by_day", "day", ("wait", "first_reply")),
        Chart("ratings", "评分分布", Shape.SHARES, "ratings", "score", ("chats", "tickets")),
        Chart(
            "assistant",
            "助手处理与转人工",
            Shape.SHARES,
            "assistant",
            "intent",
            ("answered", "handed_over"),
        ),
    ),
    check=check,
)
