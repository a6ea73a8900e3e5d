"""What of a text a model looks at: its character n-grams, and which expressions of the vocabulary it has.

Features are numbers, not words: no text can be read back out of a model's weights.
"""

from collections import Counter
from dataclasses import dataclass
from zlib import crc32

from tickets.assistant.strategies.rules import strengths
from tickets.assistant.strategies.text import without_names

LONGEST_GRAM = 3
# How much the vocabulary's word counts beside the n-grams, which together have length 1.
SIGN = 1.0


@dataclass(frozen=True)
class Features:
    """`grams` by how often; `signs` by how strongly."""

    grams: dict[int, int]
    signs: dict[int, float]


def features_of(text: str) -> Features:
    framed = f"^{without_names(text)}$"
    grams = Counter(
        crc32(framed[start : start + length].encode(errors="replace"))
        for length in range(1, LONGEST_GRAM + 1)
        for start in range(len(framed) - length + 1)
    )
    signs = {crc32(f"\0{intent}".encode()): SIGN * value for intent, value in strengths(text)}
    return Features(dict(grams), signs)
