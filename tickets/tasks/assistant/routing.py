"""Celery's doors into the assistant's turns."""

from typing import Any

from celery import shared_task

from tickets.assistant import after_binding
from tickets.assistant.pending import answering


@shared_task(time_limit=30)
def answer_turn(turn_id: int) -> None:
    """A turn that a model has to be asked about."""
    answering.turn_answer(turn_id)


@shared_task(time_limit=30)
def answer_overdue_turns() -> None:
    """Every second: whose model has not answered in time."""
    answering.answer_overdue()


@shared_task(time_limit=30)
def hear_bound(envelope: dict[str, Any]) -> None:
    """A customer has bound their phone."""
    after_binding.bound(envelope)


@shared_task(time_limit=30)
def bind_proved(session_id: int, code_id: int) -> None:
    """A customer has proved a phone in the talk."""
    after_binding.bind_proved(session_id, code_id)


@shared_task(time_limit=55)
def make_waiting_tickets() -> None:
    """Every minute: tickets that waited long enough for a phone."""
    after_binding.make_waiting_tickets()
