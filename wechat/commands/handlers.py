"""Doing what a command says, and saying what came of it (contract.md §5, seed 001).

Every refusal names what is wrong and what would be right; nothing is silently dropped.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import transaction

from config.errors import AppError, ConflictError, NotFoundError
from customers.actions.customers import AmbiguousCustomerError, customer_find_or_create
from customers.actors import Actor
from customers.queries.staff import staff_named
from messaging.markup import as_text
from tickets import actions, states
from tickets.models import Ticket, Visibility
from tickets.states import TicketStatus
from wechat.commands import grammar, meaning, project_handlers
from wechat.commands.queries import query_tickets
from wechat.commands.result import CommandResult
from wechat.commands.vocabulary import help_text

REOPENED = "reopened"


def run_command(text: str, *, actor: Actor, bot_name: str, quoted: str = "") -> CommandResult:
    """Parses and runs one message. What an action refuses undoes that action alone."""
    command = grammar.parse(text, bot_name=bot_name, quoted=quoted)
    handler: Callable[[Any, Actor], CommandResult] = _HANDLERS[type(command)]
    try:
        with transaction.atomic():
            return handler(command, actor)
    except AmbiguousCustomerError as error:
        return CommandResult(_ask_which(error, command), handled=False)
    except AppError as error:
        return CommandResult(f"❌ {error.detail}", handled=False)


def _create(command: meaning.CreateTicket, actor: Actor) -> CommandResult:
    customer, _ = customer_find_or_create(
        name=command.customer_name, phone=command.phone, company=command.company, actor=actor
    )
    ticket = actions.ticket_create(
        customer=customer,
        description=command.problem,
        product=command.product,
        priority=command.priority,
        actor=actor,
    )
    told = "已推送到群聊。" if ticket.group_message_id else "（没有配置群机器人，未推送到群聊）"
    return CommandResult(
        f"✅ 工单 #{ticket.pk} 创建成功！{told}", handled=True, ticket_id=ticket.pk
    )


def _query(command: meaning.QueryTickets, actor: Actor) -> CommandResult:
    return CommandResult(
        query_tickets(
            actor,
            customer_name=command.customer_name,
            phone=command.phone,
            ticket_id=command.ticket_id,
        ),
        handled=True,
        ticket_id=command.ticket_id,
    )


def _assign(command: meaning.AssignTicket, actor: Actor) -> CommandResult:
    assignee = staff_named(command.assignee)

    def assign(ticket_id: int) -> str:
        ticket = actions.ticket_assign(
            ticket_id=ticket_id, assignee=assignee, note=command.note, actor=actor
        )
        return f"✅ 工单 #{ticket.pk} 已分配给 @{assignee.display_name}"

    return _each(command.ticket_ids, assign)


def _change_status(command: meaning.ChangeStatus, actor: Actor) -> CommandResult:
    def change(ticket_id: int) -> str:
        if command.status == REOPENED:
            ticket = actions.ticket_reopen(ticket_id=ticket_id, reason=command.note, actor=actor)
        else:
            ticket = _move(ticket_id, command, actor)
        return f"✅ 工单 #{ticket.pk} 状态已更新为：{states.label(ticket.status)}"

    return _each(command.ticket_ids, change)


def _move(ticket_id: int, command: meaning.ChangeStatus, actor: Actor) -> Ticket:
    try:
        return actions.ticket_transition(
            ticket_id=ticket_id,
            status=command.status,
            progress=command.progress,
            reason=command.note,
            actor=actor,
        )
    except ConflictError:
        # "#1 已处理" on a ticket that is being worked already is news of its progress.
        if command.status == TicketStatus.PROCESSING and command.progress is not None:
            return actions.ticket_set_progress(
                ticket_id=ticket_id, percent=command.progress, note=command.note, actor=actor
            )
        raise


def _set_progress(command: meaning.SetProgress, actor: Actor) -> CommandResult:
    def set_progress(ticket_id: int) -> str:
        ticket = actions.ticket_set_progress(
            ticket_id=ticket_id, percent=command.percent, note=command.note, actor=actor
        )
        done = f"；要完结请回复「#{ticket.pk} 已解决」" if command.percent == 100 else ""
        return f"✅ 工单 #{ticket.pk} 进度已更新为 {ticket.progress}%{done}"

    return _each(command.ticket_ids, set_progress)


def _note(command: meaning.AddNote, actor: Actor) -> CommandResult:
    def note(ticket_id: int) -> str:
        actions.ticket_reply(
            ticket_id=ticket_id,
            content=command.content,
            visibility=Visibility.INTERNAL,
            actor=actor,
        )
        return f"📝 已记录到工单 #{ticket_id} 的跟进，状态未变；要完结请回复「#{ticket_id} 已解决」"

    return _each(command.ticket_ids, note)


def _help(command: meaning.Help, actor: Actor) -> CommandResult:
    return CommandResult(help_text(settings.AIBOT_NAME), handled=True)


def _misunderstood(command: meaning.Misunderstood, actor: Actor) -> CommandResult:
    return CommandResult(
        f"🤔 {as_text(command.reason)}\n示例：{as_text(command.example)}", handled=False
    )


_HANDLERS: dict[type, Callable[[Any, Actor], CommandResult]] = {
    meaning.CreateTicket: _create,
    meaning.QueryTickets: _query,
    meaning.AssignTicket: _assign,
    meaning.ChangeStatus: _change_status,
    meaning.SetProgress: _set_progress,
    meaning.AddNote: _note,
    meaning.RecordCustomer: project_handlers.record_customer,
    meaning.QueryProjects: project_handlers.query_projects,
    meaning.TransferEngineer: project_handlers.transfer_engineer,
    meaning.ResolveIssue: project_handlers.resolve_issue,
    meaning.Help: _help,
    meaning.Misunderstood: _misunderstood,
}


def _each(ticket_ids: Iterable[int], act: Callable[[int], str]) -> CommandResult:
    """One line for each ticket; a refusal of one leaves the others done."""
    ids = list(ticket_ids)
    lines: list[str] = []
    succeeded = 0
    for ticket_id in ids:
        try:
            with transaction.atomic():
                lines.append(act(ticket_id))
            succeeded += 1
        except NotFoundError as error:
            lines.append(f"❌ {error.detail}，请核对编号；「/查询工单 客户姓名」可以查到编号")
        except ConflictError as error:
            lines.append(f"❌ {error.detail}{_way_out(error, ticket_id)}")
    return CommandResult("\n".join(lines), succeeded > 0, ids[0] if len(ids) == 1 else None)


def _way_out(error: ConflictError, ticket_id: int) -> str:
    """The next command that would work, told with the refusal."""
    if error.code != "illegal_transition":
        return ""
    return f"。查看详情：「/查询工单 #{ticket_id}」"


def _ask_which(error: AmbiguousCustomerError, command: object) -> str:
    """Which of several customers of a name; the example is the asker's own command, completed."""
    lines = [f"🤔 {error.detail}："] if error.candidates else [f"🤔 {error.detail}"]
    for number, candidate in enumerate(error.candidates, 1):
        company = as_text(candidate.company) or "公司未登记"
        lines.append(
            f"{number}. {as_text(candidate.name)}（{company}，{candidate.masked_phone or '无手机号'}）"
        )
    if isinstance(command, meaning.CreateTicket):
        problem = as_text(command.problem)[:50]
        lines.append(
            f"示例：/创建工单 @客户{as_text(command.customer_name)} 手机:客户手机号 问题:{problem}"
        )
    if isinstance(command, meaning.RecordCustomer):
        words = as_text(command.demand or "、".join(command.products))[:50]
        lines.append(
            f"示例：#记录客户 {as_text(command.customer_name)} 手机:客户手机号 需求:{words}"
        )
    return "\n".join(lines)
