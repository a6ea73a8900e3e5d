"""The figures as tables to take away."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from django.utils.timezone import localtime

from config.logs import get_logger
from customers.actors import Actor
from customers.queries.export_log import noted
from tickets.chat.statistics.agents import AgentFigures
from tickets.chat.statistics.figures import Figures
from tickets.chat.statistics.overview import Hour

logger = get_logger(__name__)

_COUNTS = (
    *("接入", "结束", "超时未应答", "首次回复平均（秒）", "接待平均（秒）", "客服消息"),
    *("评价数", "平均评分", "低分数"),
)
HOURS = (
    *("时间", "发起", "放弃排队", "无人值守", "放弃率", "等待平均（秒）", "等待中位（秒）"),
    *("等待 90%（秒）", "客户消息"),
    *_COUNTS,
)
AGENTS = (
    *("客服", "账号", "在岗小时", "平均同时接待", "最多同时接待", "当前接待", "上限"),
    *_COUNTS,
)


def hour_rows(hours: Iterable[Hour]) -> Iterator[list[str]]:
    for one in hours:
        figures, wait = one.figures, one.figures.wait
        yield [
            f"{localtime(one.hour):%Y-%m-%d %H:%M}",
            *map(str, (figures.asked, figures.abandoned, figures.unattended)),
            "" if figures.abandonment is None else f"{figures.abandonment:.1%}",
            *map(_seconds, (wait.average, wait.median, wait.p90)),
            str(figures.messages_in),
            *_counts(figures),
        ]


def agent_rows(agents: Iterable[AgentFigures]) -> Iterator[list[str]]:
    for one in agents:
        average = one.of_the_time.average
        yield [
            one.user.display_name,
            one.user.username,
            f"{one.of_the_time.hours:.1f}",
            "" if average is None else f"{average:.1f}",
            *map(str, (one.of_the_time.peak, one.load, one.limit)),
            *_counts(one.figures),
        ]


def exported(
    rows: Iterator[list[str]], actor: Actor, *, kind: str, asked: Mapping[str, Any]
) -> Iterator[list[str]]:
    """`rows`; whoever takes them leaves a line in the log."""
    log = partial(logger.info, "chat_statistics_exported")
    return noted(rows, log, actor=actor, kind=kind, asked=asked)


def _counts(figures: Figures) -> list[str]:
    return [
        *map(str, (figures.assigned, figures.ended, figures.missed)),
        _seconds(figures.first_reply.average),
        _seconds(figures.handling.average),
        *map(str, (figures.messages_out, figures.rated)),
        "" if figures.satisfaction is None else f"{figures.satisfaction:.2f}",
        str(figures.rated_low),
    ]


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
