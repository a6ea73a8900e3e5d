"""Tickets as a table, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.timezone import localtime

from config.logs import get_logger
from customers.actors import Actor
from customers.queries.export_log import noted
from tickets.desk.custom_fields import active_fields
from tickets.models import CustomField, Ticket, TicketRating

logger = get_logger(__name__)

MOST_ROWS = 20_000
ROWS_AT_ONCE = 500
_HEADER = (
    *(
        "编号",
        "标题",
        "问题描述",
        "产品/项目",
        "客户",
        "公司",
        "电话",
        "状态",
        "优先级",
        "进度（%）",
    ),
    *("负责人", "SLA 状态", "处理期限", "创建时间", "首次响应时间", "解决时间", "关闭时间"),
    *("首次响应用时（分钟）", "解决用时（分钟）", "处理轮次", "催促次数", "最近评分", "入口"),
)


def header(fields: Sequence[CustomField]) -> list[str]:
    return [*_HEADER, *[field.label for field in fields]]


def exported(
    tickets: QuerySet[Ticket], actor: Actor, *, kind: str, asked: Mapping[str, Any]
) -> tuple[list[str], Iterator[list[str]]]:
    """The header, and a row for each ticket; so many in memory.

    Whoever takes tickets out leaves a line in the log: who, how many, narrowed by what; never the
    words of a search.
    """
    fields = active_fields()
    return header(fields), _rows(tickets, fields, actor, kind=kind, asked=asked)


def _rows(
    tickets: QuerySet[Ticket],
    fields: Sequence[CustomField],
    actor: Actor,
    *,
    kind: str,
    asked: Mapping[str, Any],
) -> Iterator[list[str]]:
    scores = TicketRating.objects.filter(ticket=OuterRef("pk")).order_by("-cycle")
    rows = tickets.select_related("customer", "assignee").annotate(
        last_score=Subquery(scores.values("score")[:1])
    )
    table = (
        [*_row(ticket), *[_value(ticket.custom_fields.get(f.key)) for f in fields]]
        for ticket in rows.iterator(chunk_size=ROWS_AT_ONCE)
    )
    return noted(
        table, partial(logger.info, "tickets_exported"), actor=actor, kind=kind, asked=asked
    )


def _row(ticket: Any) -> list[str]:
    customer = ticket.customer
    return [
        str(ticket.pk),
        ticket.title,
        ticket.description,
        ticket.product,
        customer.name,
        customer.company,
        customer.phone_display,
        ticket.get_status_display(),
        ticket.get_priority_display(),
        str(ticket.progress),
        ticket.assigned_to_name,
        ticket.get_sla_state_display(),
        *[
            _moment(moment)
            for moment in (
                *(ticket.deadline, ticket.created_at, ticket.responded_at, ticket.resolved_at),
                ticket.closed_at,
            )
        ],
        _minutes(ticket.created_at, ticket.responded_at),
        _minutes(ticket.created_at, ticket.resolved_at),
        str(ticket.cycle),
        str(ticket.reminder_count),
        "" if ticket.last_score is None else str(ticket.last_score),
        ticket.get_entry_display(),
    ]


def _moment(moment: datetime | None) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def _minutes(start: datetime, end: datetime | None) -> str:
    return f"{max((end - start).total_seconds(), 0) / 60:.0f}" if end else ""


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)
