"""The assistant for other programs: words in, what was understood and done out (contract.md §5)."""

from dataclasses import dataclass, field

from django.db import transaction

from config.errors import ConflictError, NotFoundError
from customers.actors import Actor
from customers.visibility import customers_visible_to
from tickets.assistant.heard import Heard
from tickets.assistant.pending.answering import turn_answer
from tickets.assistant.reception import received
from tickets.assistant.talk.turn import Said
from tickets.chat.entries import registry
from tickets.chat.entries.inbound import is_blocked
from tickets.chat.entries.people import customer_known
from tickets.models import Action, AssistantSession, AssistantTurn, Intent, TurnStatus

# As the contract names them, and as live chat does.
ENTRIES = {
    "official_account": "official_account",
    "wecom": "wecom_app",
    "wecom_app": "wecom_app",
    "kf": "kf",
}


@dataclass(frozen=True)
class Routed:
    intent: str
    confidence: float
    strategy: str
    action: str
    reply: str
    ticket_id: int | None = None
    chat_id: int | None = None
    turn_id: int | None = None
    session_id: int | None = None
    sources: list[int] = field(default_factory=list)


def handle(
    *,
    entry: str,
    address: str,
    content: str,
    actor: Actor,
    session_id: int | None = None,
    external_id: str = "",
) -> Routed:
    """What the assistant does about these words of whoever is at `address` of `entry`.

    The reply is the caller's to say; the same `external_id` again is the first answer. May wait for
    the language model, four seconds in all; call it outside a transaction. Raises
    `InvalidInputError` for an entry that is not there, `NotFoundError` for a customer whom the actor
    may not see or a session that is not theirs, `ConflictError` (`blocked`).
    """
    code = ENTRIES.get(entry, entry)
    through = registry.get(code)
    customer = customer_known(through, address)
    if customer is not None:
        if not customers_visible_to(actor).filter(pk=customer.pk).exists():
            raise NotFoundError(f"找不到用户 {address[:64]}")
        if is_blocked(customer):
            raise ConflictError("客户已拉黑，未受理", code="blocked", attr="user_id")
    if session_id is not None:
        sessions = AssistantSession.objects.filter(pk=session_id, entry=code, address=address)
        if not sessions.exists():
            raise NotFoundError(f"找不到对话 {session_id}")
    with transaction.atomic():
        heard = received(Said(code, address, content, external_id), is_awaited=True)
    turn = AssistantTurn.objects.filter(pk=heard.turn_id).first() if heard.turn_id else None
    if turn is not None and turn.status == TurnStatus.PENDING:
        turn_answer(turn.pk, is_said=False)
        turn.refresh_from_db()
    return _of_turn(turn) if turn is not None else _without_turn(heard)


def _of_turn(turn: AssistantTurn) -> Routed:
    return Routed(
        intent=turn.intent or Intent.OTHER,
        confidence=turn.confidence,
        strategy=turn.strategy,
        action=turn.action or Action.REPLY,
        reply=turn.reply,
        ticket_id=turn.ticket_id,
        chat_id=turn.chat_id,
        turn_id=turn.pk,
        session_id=turn.session_id,
        sources=list(turn.sources),
    )


def _without_turn(heard: Heard) -> Routed:
    """An agent reads it in their chat, or a keyword's template has answered."""
    if heard.chat_id is not None:
        return Routed(Intent.HUMAN, 1.0, "chat", Action.HANDOFF, heard.reply, None, heard.chat_id)
    return Routed(Intent.OTHER, 1.0, "keyword", Action.REPLY, heard.reply)
