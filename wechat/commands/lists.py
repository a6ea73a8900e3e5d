"""`/我的工单` and `/超时工单`: a line for each ticket, the most urgent deadline first."""

from django.db.models import QuerySet
from django.utils import timezone

from customers.actors import Actor
from messaging.markup import as_text
from tickets import states
from tickets.models import Ticket
from tickets.queries.tickets import tickets_for, tickets_overdue
from wechat.commands import meaning
from wechat.commands.result import CommandResult

SHOWN = 15
TITLE_CHARACTERS = 24


def my_tickets(command: meaning.MyTickets, actor: Actor) -> CommandResult:
    found = tickets_for(actor).filter(assignee=actor.user, status__in=states.OPEN)
    if not (total := found.count()):
        return CommandResult("🎉 您没有未完结的工单", handled=True)
    return _listed(f"📋 您有 {total} 个未完结的工单：", found, total, names_owner=False)


def overdue_tickets(command: meaning.OverdueTickets, actor: Actor) -> CommandResult:
    found = tickets_overdue(tickets_for(actor), overdue=True)
    if not (total := found.count()):
        return CommandResult("🎉 没有超时的工单", handled=True)
    return _listed(f"⏰ 有 {total} 个超时的工单：", found, total, names_owner=True)


def _listed(
    title: str, tickets: QuerySet[Ticket], total: int, *, names_owner: bool
) -> CommandResult:
    shown = tickets.order_by("deadline", "id")[:SHOWN]
    lines = [title, *(_line(ticket, names_owner=names_owner) for ticket in shown)]
    if total > SHOWN:
        lines.append(f"仅显示最急的 {SHOWN} 个，其余请在后台查看。")
    return CommandResult("\n".join(lines), handled=True)


def _line(ticket: Ticket, *, names_owner: bool) -> str:
    owner = f"，负责人 {as_text(ticket.assigned_to_name) or '待分配'}" if names_owner else ""
    waiting = "，等待客户" if ticket.waiting_since else ""
    return (
        f"> #{ticket.pk} {as_text(ticket.customer.name)}：{as_text(ticket.title)[:TITLE_CHARACTERS]}"
        f"（{states.label(ticket.status)} {ticket.progress}%{waiting}{owner}，{_due(ticket)}）"
    )


def _due(ticket: Ticket) -> str:
    """How long it has been overdue, or until when it is due."""
    if not ticket.overdue:
        return f"⏰ {timezone.localtime(ticket.deadline):%m-%d %H:%M}"
    hours = (timezone.now() - ticket.deadline).total_seconds() / 3600
    return f"⏰ 已超时 {hours:.0f} 小时" if hours >= 1 else "⏰ 已超时不到 1 小时"
