"""A colleague's word on what a customer meant: kept with the turn, and learned from."""

from django.db import transaction
from django.utils import timezone

from config.errors import InvalidInputError, NotFoundError
from customers.actors import Actor
from tickets.actions.trail import require_team
from tickets.assistant.learning.examples import TEXT_LENGTH
from tickets.assistant.strategies.text import without_names
from tickets.models import (
    AssistantTurn,
    ExampleSource,
    ExampleSplit,
    Intent,
    IntentExample,
)


@transaction.atomic
def turn_correct(*, turn: AssistantTurn, intent: str, actor: Actor) -> AssistantTurn:
    """`turn` is one that the actor may see. A second correction takes the first one's place.

    Raises `InvalidInputError` for an intent that is none, `NotFoundError` for a turn that is gone.
    """
    require_team(actor)
    if intent not in Intent.values:
        raise InvalidInputError(f"没有这个意图：{intent[:50]}", attr="intent")
    rows = AssistantTurn.objects.select_for_update(no_key=True, of=("self",))
    found = rows.filter(pk=turn.pk).first()
    if found is None:
        raise NotFoundError("找不到这条记录")
    found.corrected_intent = intent
    found.corrected_by = actor.user
    found.corrected_at = timezone.now()
    found.save(update_fields=["corrected_intent", "corrected_by", "corrected_at"])
    _learn(found, actor)
    return found


def _learn(turn: AssistantTurn, actor: Actor) -> None:
    """Without numbers and links. Held examples stay as they are: they measure, nobody learns them.

    Another one's correction of the same words takes the place of the earlier; what the product or
    an administrator said of them stands.
    """
    text = without_names(turn.text)[:TEXT_LENGTH].strip()
    if not text:
        return
    made, is_new = IntentExample.objects.get_or_create(
        text=text,
        defaults={
            "intent": turn.corrected_intent,
            "split": ExampleSplit.TRAIN,
            "source": ExampleSource.CORRECTION,
            "turn": turn,
            "created_by": actor.user,
        },
    )
    if not is_new and made.source == ExampleSource.CORRECTION:
        made.intent, made.turn, made.created_by = turn.corrected_intent, turn, actor.user
        made.save(update_fields=["intent", "turn", "created_by"])
