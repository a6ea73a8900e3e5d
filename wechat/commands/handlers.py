"""A message's way through: an answer to what is open, else a command; what it did is remembered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from config.database.locks import transaction_lock
from config.errors import AppError, NotAllowedError
from customers.actors import Actor
from messaging.markup import as_text
from tickets.intake.actions import intake_cancel, intake_is_open
from tickets.models import PresenceStatus
from tickets.presence.actions import presence_set
from wechat.commands import (
    conversation,
    grammar,
    intake,
    lists,
    meaning,
    project_handlers,
    records,
    relation_handlers,
    ticket_handlers,
    undoing,
)
from wechat.commands.each import hold
from wechat.commands.help import help_about, help_text
from wechat.commands.meaning import Command
from wechat.commands.parts import SEPARATORS
from wechat.commands.result import CommandResult
from wechat.commands.text import Text, read
from wechat.commands.vocabulary import HELP

PRESENCE_HOLDS = timedelta(hours=10)
DRAFT_DROPPED = "（没有填完的新工单已放弃）"


def run_command(
    text: str, *, actor: Actor, bot_name: str, quoted: str = "", source_id: str = ""
) -> CommandResult:
    """Works one message. What an action refuses undoes that action alone.

    `source_id` is the platform's id of the message: the same again gets the first answer and does
    nothing. One member's messages of one conversation are worked one after the other.
    """
    if not actor.is_team:
        return _refused(NotAllowedError("只有员工可以使用群命令"))
    with transaction.atomic():
        if source_id and (known := records.answer_to(source_id)):
            return known
        key = conversation.conversation_key(actor)
        transaction_lock(f"command:{key}")
        result = _answer(text, actor, bot_name, quoted)
        conversation.keep_choices(key, result)
        records.keep(result, actor, source_id)
    return result


def _answer(text: str, actor: Actor, bot_name: str, quoted: str) -> CommandResult:
    """The answer to what is open here, else the command."""
    message = grammar.without_bot(read(text), bot_name)
    key = conversation.conversation_key(actor)
    answered = conversation.answered(key, "" if quoted else message.folded.strip(SEPARATORS))
    if answered is not None and answered.command is not None:
        return _run(answered.command, actor)
    if answered is not None:
        return CommandResult(answered.said, handled=False)
    command = grammar.parse(text, bot_name=bot_name, quoted=quoted)
    if intake_is_open(key=key):
        return _while_asking(message, command, quoted, actor)
    return _run(command, actor)


def _while_asking(message: Text, command: Command, quoted: str, actor: Actor) -> CommandResult:
    """A ticket is being asked: an answer goes on with it, a whole command ends it, help does neither."""
    if isinstance(command, meaning.Help) and message.folded:
        return _run(command, actor)
    if not _is_command(command, message.folded, quoted):
        return intake.go_on(message.words, actor) or _run(command, actor)
    intake_cancel(key=conversation.conversation_key(actor))
    result = _run(command, actor)
    if isinstance(command, meaning.IncompleteTicket):
        return result
    return replace(result, text=f"{result.text}\n{DRAFT_DROPPED}")


def _is_command(command: Command, folded: str, quoted: str) -> bool:
    """Whether a message is meant as a command while a ticket is being asked.

    An answer may begin like one (`查询工单页面打不开`, `#5 机房断网`): it is one when it says so.
    """
    if isinstance(command, meaning.IncompleteTicket):
        return folded.lstrip().startswith("/")
    if isinstance(command, meaning.Undo):
        return True
    is_marked = folded.lstrip().startswith(("/", "#")) or bool(quoted)
    return is_marked and not isinstance(command, (meaning.Misunderstood, meaning.AddNote))


def _run(command: Command, actor: Actor) -> CommandResult:
    handler: Callable[[Any, Actor], CommandResult] = _HANDLERS[type(command)]
    try:
        with transaction.atomic():
            return handler(command, actor)
    except AppError as error:
        return _refused(error)


def _refused(error: AppError) -> CommandResult:
    return CommandResult(f"❌ {error.detail}", handled=False)


def _several(command: meaning.Several, actor: Actor) -> CommandResult:
    """Each answered in its own lines; what one is refused leaves the others done."""
    ids = {pk for one in command.commands for pk in getattr(one, "ticket_ids", ())}
    hold(ids, actor)
    results = [_run(one, actor) for one in command.commands]
    asking = [result for result in results if result.choices]
    named = {result.ticket_id for result in results}
    return CommandResult(
        "\n".join(result.text for result in results),
        any(result.handled for result in results),
        named.pop() if len(named) == 1 else None,
        tuple(effect for result in results for effect in result.effects),
        asking[0].choices if len(asking) == 1 else (),
    )


def _incomplete(command: meaning.IncompleteTicket, actor: Actor) -> CommandResult:
    return intake.begin(
        as_text(command.reason), command.known, actor, example=as_text(command.example)
    )


def _presence(command: meaning.SetPresence, actor: Actor) -> CommandResult:
    assert actor.user is not None  # only members of the team command
    is_off = command.status == PresenceStatus.OFFLINE
    presence = presence_set(
        user=actor.user, status=command.status, holds_for=None if is_off else PRESENCE_HOLDS
    )
    if presence.holds_until is None:
        return CommandResult("✅ 已下线，不再自动派单给您", handled=True)
    until = timezone.localtime(presence.holds_until)
    said = "已上线，可以接单" if command.status == PresenceStatus.ONLINE else "已设为忙碌，暂不派单"
    return CommandResult(f"✅ {said}（保持到 {until:%m-%d %H:%M}）", handled=True)


def _help(command: meaning.Help, actor: Actor) -> CommandResult:
    if not command.topic:
        return CommandResult(help_text(settings.AIBOT_NAME, actor.role), handled=True)
    if about := help_about(command.topic, actor.role):
        return CommandResult(about, handled=True)
    near = grammar.nearest(command.topic)
    hint = f"，您是不是想{near.meaning}？" if near else ""
    example = f"/帮助 {near.names[0]}" if near else HELP.example
    return CommandResult(
        f"🤔 没有「{as_text(command.topic)}」这个命令{hint}\n示例：{example}", handled=False
    )


def _misunderstood(command: meaning.Misunderstood, actor: Actor) -> CommandResult:
    return CommandResult(
        f"🤔 {as_text(command.reason)}\n示例：{as_text(command.example)}", handled=False
    )


_HANDLERS: dict[type, Callable[[Any, Actor], CommandResult]] = {
    meaning.CreateTicket: ticket_handlers.create,
    meaning.IncompleteTicket: _incomplete,
    meaning.QueryTickets: ticket_handlers.query,
    meaning.AssignTicket: ticket_handlers.assign,
    meaning.ChangeStatus: ticket_handlers.change_status,
    meaning.SetProgress: ticket_handlers.set_progress,
    meaning.AddNote: ticket_handlers.note,
    meaning.ReplyCustomer: ticket_handlers.reply_customer,
    meaning.SetPriority: ticket_handlers.set_priority,
    meaning.SetDeadline: ticket_handlers.set_deadline,
    meaning.PostponeDeadline: ticket_handlers.postpone_deadline,
    meaning.WaitForCustomer: ticket_handlers.wait,
    meaning.GoOn: ticket_handlers.go_on,
    meaning.Watch: relation_handlers.watch,
    meaning.MergeTickets: relation_handlers.merge,
    meaning.MyTickets: lists.my_tickets,
    meaning.OverdueTickets: lists.overdue_tickets,
    meaning.SetPresence: _presence,
    meaning.Undo: undoing.undo,
    meaning.RecordCustomer: project_handlers.record_customer,
    meaning.QueryProjects: project_handlers.query_projects,
    meaning.TransferEngineer: project_handlers.transfer_engineer,
    meaning.ResolveIssue: project_handlers.resolve_issue,
    meaning.Help: _help,
    meaning.Misunderstood: _misunderstood,
    meaning.Several: _several,
}
