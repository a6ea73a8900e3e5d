"""A ticket asked together in a chat (`tickets/intake/` asks; here it is said as the group hears it)."""

from collections.abc import Mapping

from customers.actors import Actor
from tickets.intake.actions import IntakeReply, intake_continue, intake_start
from wechat.commands.conversation import conversation_key
from wechat.commands.creation import created
from wechat.commands.result import CommandResult
from wechat.commands.vocabulary import CREATE


def begin(
    reason: str, known: Mapping[str, str], actor: Actor, *, example: str = CREATE.example
) -> CommandResult:
    """Says what is missing and asks for it; the whole command is shown as the other way."""
    reply = intake_start(key=conversation_key(actor), known=known, actor=actor)
    if reply.ticket is not None:
        return _said(reply, actor)
    return CommandResult(f"🤔 {reason}。{reply.text}\n示例：{example}", handled=False)


def go_on(text: str, actor: Actor) -> CommandResult | None:
    """Takes the words as the answer; None when no ticket is being asked here."""
    reply = intake_continue(key=conversation_key(actor), text=text, actor=actor)
    return None if reply is None else _said(reply, actor)


def _said(reply: IntakeReply, actor: Actor) -> CommandResult:
    if reply.ticket is not None:
        return created(reply.ticket, actor)
    return CommandResult(f"🤔 {reply.text}", handled=False)
