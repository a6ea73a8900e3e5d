"""Reading what people type: full-width forms, odd spaces, traditional characters.

`Text` keeps the user's own words beside their folded form, character by character, so that structure
is found in the folded text and words are taken from the original.
"""

import unicodedata
from dataclasses import dataclass

_INVISIBLE = frozenset("\u200b\u200c\u200e\u200f\u2060\ufeff")
_TRADITIONAL = str.maketrans(
    "創單問題處決關閉開進轉給級緊嚴優順產品電話聯繫詢幫動新記錄帳號戶機嗎沒麼",
    "创单问题处决关闭开进转给级紧严优顺产品电话联系询帮动新记录账号户机吗没么",
)


@dataclass(frozen=True)
class Text:
    """`own` and `folded` have the same length; folded is what the grammar matches."""

    own: str
    folded: str

    def cut(self, start: int, end: int | None = None) -> "Text":
        return Text(self.own[start:end], self.folded[start:end])

    def strip(self, characters: str | None = None) -> "Text":
        """Without spaces, or these characters, at both ends of the folded form."""
        left = len(self.folded) - len(self.folded.lstrip(characters))
        right = len(self.folded.rstrip(characters))
        return self.cut(left, max(left, right))

    @property
    def words(self) -> str:
        """The user's own words, trimmed."""
        return self.own.strip()


def read(raw: str) -> Text:
    """`raw` without invisible characters, beside its folded form."""
    own = "".join(character for character in raw if character not in _INVISIBLE)
    return Text(own, "".join(_fold(character) for character in own))


def _fold(character: str) -> str:
    """One character for one: half-width, simplified, any space a plain one (line breaks stay)."""
    if character in "\r\n\u2028\u2029":
        return "\n"
    if character.isspace():
        return " "
    if unicodedata.category(character) == "No":
        return character  # ① is no digit of a ticket's number
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1 or folded.isspace():
        return " " if folded.isspace() else character
    return folded.lower().translate(_TRADITIONAL) if len(folded.lower()) == 1 else folded
