"""人工: whoever asks for a person gets one, before any model is asked and whatever it would think."""

import re

from tickets.assistant.strategies.base import Context
from tickets.assistant.strategies.rules import Rules
from tickets.assistant.strategies.text import plain
from tickets.models import Intent

# So sure must the vocabulary be that a person is meant.
SURE = 0.8
_PLAINLY = re.compile(
    r"(我?(要|想|需要)?(找|转|接)?(到)?(人工|真人|活人)(客服|服务|坐席)?|转?(人工|客服)(客服)?|找客服|人工台)"
    r"[!,.?~。呢啊吧呀 ]*"
)


def wants_person(text: str) -> bool:
    said = plain(text)
    if _PLAINLY.fullmatch(said):
        return True
    guess = Rules().classify(text, Context())
    return guess is not None and guess.intent == Intent.HUMAN and guess.confidence >= SURE
