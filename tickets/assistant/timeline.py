"""What was said with the assistant, on the customer's timeline."""

from customers.actors import Actor
from customers.queries.timeline import Before, Item, newest, register_source
from tickets.chat.entries import registry
from tickets.models import AssistantTurn


def register() -> None:
    register_source("assistant", assistant_turns, label="智能助手", page="tickets_assistantturn")


def assistant_turns(
    customer_id: int, before: Before | None, limit: int, actor: Actor
) -> list[Item]:
    """The caller has made sure that the actor may see the customer."""
    turns = AssistantTurn.objects.filter(customer=customer_id)
    return [_item(turn) for turn in newest(turns, before, limit)]


def _item(turn: AssistantTurn) -> Item:
    understood = turn.get_intent_display() or "未理解"
    return Item(
        pk=turn.pk,
        at=turn.created_at,
        title=f"助手：{understood} → {turn.get_action_display() or turn.get_status_display()}",
        content=turn.text,
        entry=registry.label(turn.entry),
        ref_type="assistant_turn",
        ref_id=turn.pk,
        data={
            "intent": turn.intent,
            "action": turn.action,
            "reply": turn.reply,
            "ticket_id": turn.ticket_id,
            "chat_id": turn.chat_id,
        },
    )
