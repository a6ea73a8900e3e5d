"""A model that is watched before it is used: asked the same, heard by nobody."""

from typing import TypedDict, cast

from django.db.models import Count, F, Q

from tickets.assistant.learning import active
from tickets.models import AssistantTurn


class ShadowFigures(TypedDict):
    """`agreed` with what was taken for the answer; of `corrected` turns, who had been right."""

    turns: int
    agreed: int
    corrected: int
    shadow_right: int
    answer_right: int


def compare(turn: AssistantTurn) -> None:
    """Puts down at `turn` what the shadow would have said; the caller saves it.

    Sets `shadow_version`, `shadow_intent` and `shadow_confidence`, or leaves them empty.
    """
    guess = active.classify_in_shadow(turn.text)
    if guess is not None:
        turn.shadow_version = guess.detail["version"]
        turn.shadow_intent = guess.intent
        turn.shadow_confidence = guess.confidence


def figures_of(version: int) -> ShadowFigures:
    """Of all turns that this version was asked about."""
    asked = AssistantTurn.objects.filter(shadow_version=version)
    corrected = ~Q(corrected_intent="")
    counts: dict[str, int] = asked.aggregate(
        turns=Count("pk"),
        agreed=Count("pk", filter=Q(shadow_intent=F("intent"))),
        corrected=Count("pk", filter=corrected),
        shadow_right=Count("pk", filter=corrected & Q(shadow_intent=F("corrected_intent"))),
        answer_right=Count("pk", filter=corrected & Q(intent=F("corrected_intent"))),
    )
    return cast("ShadowFigures", counts)
