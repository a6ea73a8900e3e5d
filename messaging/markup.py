"""Putting people's words into a provider's markdown: as data, never as markup, never too long."""

import re

# WeCom's markdown has no escape character, so what would act becomes its full-width twin.
_ACTIVE = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_LEADING_HASH = re.compile(r"^(\s*)#")


def as_text(value: str) -> str:
    """One line that shows what was written and does nothing: no mention, link, or heading."""
    if value.isalnum():
        return value
    line = one_line(value)
    return _LEADING_HASH.sub(r"\1＃", line).translate(_ACTIVE)


def one_line(value: str) -> str:
    """No control characters and no line breaks: what a header or a title may hold."""
    return " ".join(_CONTROL.sub(" ", value).split()) if not value.isalnum() else value


def cut_utf8(text: str, limit: int, *, mark: str = "…") -> str:
    """At most `limit` bytes of UTF-8, the way providers count, never half a character."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    room = limit - len(mark.encode())
    return encoded[: max(room, 0)].decode(errors="ignore") + mark
