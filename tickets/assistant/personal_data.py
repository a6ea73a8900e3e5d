"""What the assistant holds of a person: what they said to it, and what it noted meanwhile."""

from typing import Any

from customers import personal_data
from customers.actors import Actor
from customers.models import Customer
from customers.personal_data.scrub import scrub
from customers.personal_data.subject import Subject
from tickets.models import AssistantSession, AssistantTurn


def register() -> None:
    tables = {AssistantSession, AssistantTurn}
    personal_data.register("assistant", _collect, _erase, tables=tables)


def _collect(customer: Customer, actor: Actor) -> dict[str, Any]:
    sessions = AssistantSession.objects.filter(customer=customer).order_by("pk")
    turns = AssistantTurn.objects.filter(customer=customer).order_by("pk")
    return {
        "assistant_sessions": list(
            sessions.values("entry", "address", "intent", "slots", "started_at", "expires_at")
        ),
        "assistant_turns": list(
            turns.values("entry", "text", "intent", "action", "reply", "created_at")
        ),
    }


def _erase(customer: Customer, subject: Subject) -> None:
    """That there was a turn and how it was understood stays; the words go."""
    turns = AssistantTurn.objects.filter(customer=customer)
    turns.update(text="", reply="", tried=[], error="", external_id="")
    AssistantSession.objects.filter(customer=customer).delete()
    everybody = AssistantTurn.objects.all()
    scrub(everybody, subject, subject.marks, "text", "reply", "tried", "error")
    scrub(AssistantSession.objects.all(), subject, subject.marks, "slots", "address")
