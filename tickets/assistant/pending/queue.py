"""Setting a turn aside for its task, with the time by which it is answered come what may."""

from datetime import timedelta

from config.database import clock
from config.events.publish import enqueue
from tickets.models import AssistantTurn, TurnStatus

QUEUE = "assistant"
TASK = "tickets.tasks.assistant.routing.answer_turn"
# A second before the four are over the sweep answers with what is known.
WAIT = timedelta(seconds=3)
# Who waits for the answer gives it; the sweep comes only if they have died.
AWAITED = timedelta(seconds=10)


def turn_wait(turn: AssistantTurn, *, strategy: str, is_awaited: bool) -> AssistantTurn:
    """The turn as `PENDING`, with its task unless the caller answers it; saves its session too."""
    turn.status, turn.strategy = TurnStatus.PENDING, strategy
    turn.due_at = clock.now() + (AWAITED if is_awaited else WAIT)
    turn.save()
    session = turn.session
    if session is not None:
        session.turn_count += 1
        session.save()
    if not is_awaited:
        enqueue(TASK, [[turn.pk]], queue=QUEUE)
    return turn
