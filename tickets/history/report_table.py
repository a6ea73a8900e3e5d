"""The service report in words and rows: for its table and its page."""

from collections.abc import Iterator

from tickets.history.durations import Spread
from tickets.history.report import ServiceReport
from tickets.models import Priority
from tickets.states import TicketStatus

HEADER = ("分类", "项目", "数值")
NO_PRODUCT = "未填写"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400

Row = tuple[str, str, str]


def report_rows(report: ServiceReport) -> Iterator[Row]:
    customer, period = report.customer, report.period
    yield "客户", "名称", customer.name
    yield "客户", "公司", customer.company
    yield "统计", "时间", f"{period.first} 至 {period.last}"
    for label, value in totals(report):
        yield "工单", label, value
    for status, count in report.by_status.items():
        yield "按状态", str(TicketStatus(status).label), str(count)
    for priority, count in report.by_priority.items():
        yield "按优先级", str(Priority(priority).label), str(count)
    for row in report.by_product:
        yield "按产品", row.product or NO_PRODUCT, str(row.count)
    for name, spread in (("首次响应", report.response), ("解决", report.resolution)):
        for label, value in spread_in_words(spread):
            yield f"{name}用时", label, value
    for score, count in report.satisfaction.distribution.items():
        yield "满意度", f"{score} 分", str(count)
    for month in report.months:
        yield "按月", f"{month.month:%Y-%m} 新建", str(month.created)
        yield "按月", f"{month.month:%Y-%m} 解决", str(month.resolved)
    for rating in report.satisfaction.comments:
        yield "评语", f"#{rating.ticket_id} {rating.score} 分", rating.comment


def totals(report: ServiceReport) -> list[tuple[str, str]]:
    average = report.satisfaction.average
    rate = report.sla_rate
    return [
        ("工单总数", str(report.total)),
        ("未解决", str(report.open)),
        ("已解决", str(report.solved)),
        ("已取消", str(report.cancelled)),
        ("重开过", str(report.reopened)),
        ("按时解决", str(report.sla_kept)),
        ("超时", str(report.sla_breached)),
        ("按时率", "—" if rate is None else f"{rate:.0%}"),
        ("催促次数", str(report.reminders)),
        ("评价数", str(report.satisfaction.count)),
        ("平均满意度", "—" if average is None else f"{average:.1f}"),
    ]


def spread_in_words(spread: Spread) -> list[tuple[str, str]]:
    return [
        ("平均", in_words(spread.average)),
        ("中位数", in_words(spread.median)),
        ("90% 不超过", in_words(spread.p90)),
    ]


def in_words(seconds: float | None) -> str:
    """`1 天 3 小时`, `2 小时 5 分钟`, `40 秒`; the two largest parts."""
    if seconds is None:
        return "—"
    if seconds < _MINUTE:
        return f"{seconds:.0f} 秒"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} 分钟"
    large, small, names = (
        (_DAY, _HOUR, ("天", "小时")) if seconds >= _DAY else (_HOUR, _MINUTE, ("小时", "分钟"))
    )
    whole, rest = divmod(round(seconds / small), large // small)
    return f"{whole} {names[0]} {rest} {names[1]}" if rest else f"{whole} {names[0]}"
