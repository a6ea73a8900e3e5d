"""Choosing from a numbered list by its number."""

import re
import unicodedata

_NUMBER = re.compile(
    r"(?:第|选)?\s*(\d{1,3}|[一二两三四五六七八九]?十?[一二两三四五六七八九]?)\s*(?:个|位|项|号|条)?[.。、]?"
)
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
MAX_LENGTH = 12


def chosen_number(text: str) -> int | None:
    """The number that is all `text` says: `2`, `２`, `第2个`, `第二个`; else None."""
    if len(text) > MAX_LENGTH:
        return None
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None or not found[1]:
        return None
    return int(found[1]) if found[1].isdigit() else _spoken(found[1])


def _spoken(word: str) -> int:
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _DIGITS.get(word, 0)
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
