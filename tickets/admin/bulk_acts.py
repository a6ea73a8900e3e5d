"""Acts on the tickets that are ticked in the admin's list: the same actions as everywhere."""

from collections.abc import Callable

from django.http import HttpRequest

from config.admin_acts import BulkAct, Doing, confirmed
from customers.admin.actor import actor_of
from tickets import actions, states
from tickets.admin.forms import AssignForm, PriorityForm
from tickets.models import Ticket
from tickets.states import TicketStatus


def _named(ticket: Ticket) -> str:
    return f"#{ticket.pk} {ticket.title}（{ticket.get_status_display()}，{ticket.customer.name}）"


def _cannot_become(status: TicketStatus) -> Callable[[Ticket, HttpRequest], str]:
    def against(ticket: Ticket, request: HttpRequest) -> str:
        if ticket.merged_into_id is not None:
            return "已合并到其他工单"
        if states.is_allowed(ticket.status, status):
            return ""
        return f"{states.label(ticket.status)}的工单不能变为{status.label}"

    return against


def _is_finished(ticket: Ticket, request: HttpRequest) -> str:
    done = ticket.status in states.FINISHED
    return f"{states.label(ticket.status)}的工单须先重开" if done else ""


def _is_open(ticket: Ticket, request: HttpRequest) -> str:
    return "" if ticket.status in states.FINISHED else f"{states.label(ticket.status)}，无需重开"


def _move_to(status: TicketStatus) -> Callable[[Ticket, Doing], object]:
    return lambda ticket, doing: actions.ticket_transition(
        ticket_id=ticket.pk, status=status, actor=actor_of(doing.request)
    )


def _assign(ticket: Ticket, doing: Doing) -> None:
    actions.ticket_assign(
        ticket_id=ticket.pk, assignee=doing.given["assignee"], actor=actor_of(doing.request)
    )


def _prioritise(ticket: Ticket, doing: Doing) -> None:
    actions.ticket_edit(
        ticket_id=ticket.pk,
        changes={"priority": doing.given["priority"]},
        actor=actor_of(doing.request),
    )


ACTS = (
    BulkAct(
        name="assign_selected",
        label="分配工单",
        effect="所选工单交给该同事处理，本人与工单所在群会收到通知。",
        done="已分配",
        unit="个工单",
        run=_assign,
        against=_is_finished,
        form=AssignForm,
        named=_named,
    ),
    BulkAct(
        name="resolve_selected",
        label="标记为已解决",
        effect="进度变为 100%，客户会收到处理结果与评价邀请。",
        done="已标记为已解决",
        unit="个工单",
        run=_move_to(TicketStatus.RESOLVED),
        against=_cannot_become(TicketStatus.RESOLVED),
        named=_named,
    ),
    BulkAct(
        name="close_selected",
        label="关闭工单",
        effect="只有已解决的工单可以关闭；关闭后客户回复会重开工单。",
        done="已关闭",
        unit="个工单",
        run=_move_to(TicketStatus.CLOSED),
        against=_cannot_become(TicketStatus.CLOSED),
        named=_named,
    ),
    BulkAct(
        name="reopen_selected",
        label="重开工单",
        effect="回到原负责人手中，没有负责人的回到待分配，并重新计算处理期限。",
        done="已重开",
        unit="个工单",
        run=lambda ticket, doing: actions.ticket_reopen(
            ticket_id=ticket.pk, actor=actor_of(doing.request)
        ),
        against=_is_open,
        named=_named,
    ),
    BulkAct(
        name="prioritise_selected",
        label="设置优先级",
        effect="更改优先级；适用的 SLA 与催促节奏随之改变。",
        done="已设置优先级",
        unit="个工单",
        run=_prioritise,
        form=PriorityForm,
        named=_named,
    ),
    BulkAct(
        name="watch_selected",
        label="关注工单",
        effect="您将收到所选工单的每次变化。",
        done="已关注",
        unit="个工单",
        run=lambda ticket, doing: actions.ticket_watch(
            ticket_id=ticket.pk, actor=actor_of(doing.request)
        ),
        named=_named,
    ),
)
BULK_ACTS = [confirmed(act) for act in ACTS]
