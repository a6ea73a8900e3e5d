"""Doing what a command says about tickets, and saying what came of it (contract.md §5, seed 001).

Every refusal names what is wrong and what would be right; nothing is silently dropped.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from config.errors import ConflictError, NotFoundError
from customers.actions.customers import AmbiguousCustomerError, customer_find_or_create
from customers.actors import Actor
from customers.models import Customer
from customers.visibility import customers_visible_to
from tickets import actions, states
from tickets.actions.edit import TicketChanges
from tickets.models import Priority, Ticket, Visibility
from tickets.states import TicketStatus
from tickets.visibility import tickets_visible_to
from wechat.commands import intake, meaning
from wechat.commands.choosing import colleague, which_customer
from wechat.commands.creation import created
from wechat.commands.each import each
from wechat.commands.queries import query_tickets
from wechat.commands.result import CommandResult
from wechat.commands.vocabulary import REOPENED


def create(command: meaning.CreateTicket, actor: Actor) -> CommandResult:
    try:
        customer = _customer(command, actor)
    except AmbiguousCustomerError as error:
        if error.candidates:
            return which_customer(error, command)
        return intake.begin(error.detail, _known(command), actor)
    return created(
        actions.ticket_create(
            customer=customer,
            description=command.problem,
            product=command.product,
            priority=command.priority,
            actor=actor,
        ),
        actor,
    )


def _customer(command: meaning.CreateTicket, actor: Actor) -> Customer:
    if command.customer_id is None:
        return customer_find_or_create(
            name=command.customer_name, phone=command.phone, company=command.company, actor=actor
        )[0]
    found = customers_visible_to(actor).filter(pk=command.customer_id).first()
    if found is None:
        raise NotFoundError("找不到这位客户")
    return found


def _known(command: meaning.CreateTicket) -> dict[str, str]:
    names = ("customer_name", "problem", "product", "company", "priority")
    return {name: getattr(command, name) for name in names}


def query(command: meaning.QueryTickets, actor: Actor) -> CommandResult:
    text = query_tickets(
        actor,
        customer_name=command.customer_name,
        phone=command.phone,
        ticket_id=command.ticket_id,
    )
    return CommandResult(text, handled=True, ticket_id=command.ticket_id)


def assign(command: meaning.AssignTicket, actor: Actor) -> CommandResult:
    found = colleague(command.assignee, lambda name: replace(command, assignee=name))
    if isinstance(found, CommandResult):
        return found
    assignee = found

    def act(ticket_id: int) -> str:
        actions.ticket_assign(
            ticket_id=ticket_id, assignee=assignee, note=command.note, actor=actor
        )
        return f"✅ 工单 #{ticket_id} 已分配给 @{assignee.display_name}"

    already = f"📝 工单 #{{id}} 的负责人已经是 @{assignee.display_name}，没有改动"
    return each(command.ticket_ids, act, actor, unchanged=already)


def change_status(command: meaning.ChangeStatus, actor: Actor) -> CommandResult:
    def act(ticket_id: int) -> str:
        if command.status == REOPENED:
            ticket = actions.ticket_reopen(ticket_id=ticket_id, reason=command.note, actor=actor)
        else:
            ticket = _move(ticket_id, command, actor)
        return f"✅ 工单 #{ticket.pk} 状态已更新为：{states.label(ticket.status)}"

    return each(command.ticket_ids, act, actor)


def _move(ticket_id: int, command: meaning.ChangeStatus, actor: Actor) -> Ticket:
    try:
        return actions.ticket_transition(
            ticket_id=ticket_id,
            status=command.status,
            progress=command.progress,
            reason=command.note,
            actor=actor,
        )
    except ConflictError as error:
        # "#1 已处理" on a ticket that is being worked already is news of its progress.
        is_news = command.status == TicketStatus.PROCESSING and command.progress is not None
        if is_news and error.code == "illegal_transition":
            return actions.ticket_set_progress(
                ticket_id=ticket_id, percent=command.progress or 0, note=command.note, actor=actor
            )
        raise


def set_progress(command: meaning.SetProgress, actor: Actor) -> CommandResult:
    def act(ticket_id: int) -> str:
        ticket = actions.ticket_set_progress(
            ticket_id=ticket_id, percent=command.percent, note=command.note, actor=actor
        )
        done = f"；要完结请回复「#{ticket.pk} 已解决」" if command.percent == 100 else ""
        return f"✅ 工单 #{ticket.pk} 进度已更新为 {ticket.progress}%{done}"

    return each(command.ticket_ids, act, actor)


def note(command: meaning.AddNote, actor: Actor) -> CommandResult:
    def act(ticket_id: int) -> str:
        _write(ticket_id, command.content, Visibility.INTERNAL, actor)
        return f"📝 已记录到工单 #{ticket_id} 的跟进，状态未变；要完结请回复「#{ticket_id} 已解决」"

    return each(command.ticket_ids, act, actor)


def reply_customer(command: meaning.ReplyCustomer, actor: Actor) -> CommandResult:
    def act(ticket_id: int) -> str:
        _write(ticket_id, command.content, Visibility.PUBLIC, actor)
        return f"✅ 工单 #{ticket_id} 已回复客户"

    return each(command.ticket_ids, act, actor)


def _write(ticket_id: int, content: str, visibility: Visibility, actor: Actor) -> None:
    actions.ticket_reply(ticket_id=ticket_id, content=content, visibility=visibility, actor=actor)


def set_priority(command: meaning.SetPriority, actor: Actor) -> CommandResult:
    label = Priority(command.priority).label

    def act(ticket_id: int) -> str:
        changes: TicketChanges = {"priority": command.priority}
        actions.ticket_edit(ticket_id=ticket_id, changes=changes, actor=actor)
        return f"✅ 工单 #{ticket_id} 优先级已更新为：{label}"

    already = f"📝 工单 #{{id}} 的优先级已经是{label}，没有改动"
    return each(command.ticket_ids, act, actor, unchanged=already)


def set_deadline(command: meaning.SetDeadline, actor: Actor) -> CommandResult:
    return _deadlines(command.ticket_ids, lambda _: command.moment, actor)


def postpone_deadline(command: meaning.PostponeDeadline, actor: Actor) -> CommandResult:
    def later(ticket: Ticket) -> datetime:
        return max(ticket.deadline, timezone.now()) + command.by

    return _deadlines(command.ticket_ids, later, actor)


def _deadlines(
    ticket_ids: tuple[int, ...], moment: Callable[[Ticket], datetime], actor: Actor
) -> CommandResult:
    def act(ticket_id: int) -> str:
        ticket = tickets_visible_to(actor).filter(pk=ticket_id).first()
        if ticket is None:
            raise NotFoundError(f"找不到工单 #{ticket_id}")
        if not ticket.is_open:
            raise ConflictError(
                f"工单 #{ticket_id} 当前状态为{states.label(ticket.status)}，不能改期限",
                code="illegal_transition",
            )
        changes: TicketChanges = {"deadline": moment(ticket)}
        edited = actions.ticket_edit(ticket_id=ticket_id, changes=changes, actor=actor)
        until = timezone.localtime(edited.deadline)
        return f"✅ 工单 #{ticket_id} 期限已更新为：{until:%Y-%m-%d %H:%M}"

    return each(ticket_ids, act, actor)


def wait(command: meaning.WaitForCustomer, actor: Actor) -> CommandResult:
    def act(ticket_id: int) -> str:
        actions.ticket_wait(ticket_id=ticket_id, reason=command.reason, actor=actor)
        return (
            f"✅ 工单 #{ticket_id} 等待客户，暂停计时；"
            f"客户回复后自动继续，也可以发「#{ticket_id} 继续处理」"
        )

    already = "📝 工单 #{id} 已经在等待客户；要继续请发「#{id} 继续处理」"
    return each(command.ticket_ids, act, actor, unchanged=already)


def go_on(command: meaning.GoOn, actor: Actor) -> CommandResult:
    def act(ticket_id: int) -> str:
        actions.ticket_resume(ticket_id=ticket_id, reason=command.reason, actor=actor)
        return f"✅ 工单 #{ticket_id} 继续处理，恢复计时"

    already = "📝 工单 #{id} 没有在等待客户；要更新状态请发「#{id} 处理中」"
    return each(command.ticket_ids, act, actor, unchanged=already)
