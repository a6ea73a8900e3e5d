"""Taking a command's words apart: named parts such as `手机:…`, a customer's name, a number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wechat.commands.text import Text

SEPARATORS = " \n,.;:!、。"
NAME_END = re.compile(r"[\s,;]")

_MOBILE = r"(?:\+?86[\- ]?)?1[3-9](?:[\- ]?\d){9}(?!\d)"
PHONE_VALUE = re.compile(rf"{_MOBILE}|\+?[\d\-()]{{5,24}}\d|\+\d[\d\-() ]{{5,24}}\d")
_BARE_MOBILE = re.compile(rf"(?<!\w){_MOBILE}")
# Possessive `\s*+`: two runs of spaces side by side must not be divided in every possible way.
PHONE_ONLY = re.compile(r"(?:手机号码|手机号|手机|电话)?\s*+:?\s*+(\+?[\d\- ]{7,20})")


@dataclass(frozen=True)
class Keys:
    """The keys of one command: `names` maps other spellings; words without a key are `rest`'s."""

    pattern: re.Pattern[str]
    names: Mapping[str, str]
    rest: str


def keys(words: str, names: Mapping[str, str], *, rest: str) -> Keys:
    """`words` are alternatives of a regular expression, longer spellings first."""
    pattern = re.compile(
        r"(?<![^\W\d])(?:(?P<spoken>手机号码|手机号|手机|联系方式|联系电话|电话)\s*+(?:是|为|:)?\s*+(?=[+\d])"
        rf"|(?P<key>{words})\s*+:\s*+)"
    )
    return Keys(pattern, names, rest)


def parts_of(body: Text, keys: Keys) -> dict[str, str]:
    """The named parts; what stands before the first key is the customer.

    A key counts once: a second one is part of the words around it, so nothing typed is lost.
    """
    marks = list(keys.pattern.finditer(body.folded))
    found = _head(body.cut(0, marks[0].start() if marks else None))
    kept: list[tuple[str, re.Match[str]]] = []
    for mark in marks:
        key = "手机" if mark["spoken"] else keys.names.get(mark["key"], mark["key"])
        taken = {*found, *(known for known, _ in kept)}
        in_words = key == "手机" and keys.rest in taken
        if key in taken or (in_words and not _is_bare(body, mark, keys)):
            continue
        kept.append((key, mark))
    for number, (key, mark) in enumerate(kept):
        end = kept[number + 1][1].start() if number + 1 < len(kept) else None
        value = body.cut(mark.end(), end)
        if key == "手机":
            found = _phone_and_rest(value, found, keys.rest) | found
        elif key == "客户":
            found[key] = customer_name(value)
        else:
            found[key] = value.strip(" \n,;").words
    return found


def _head(text: Text) -> dict[str, str]:
    """What stands before the first key: the customer, and perhaps a number without its key."""
    found: dict[str, str] = {}
    mention = text.folded.find("@")
    name = customer_name(text.cut(max(mention, 0)))
    if name:
        found["客户"] = name
    number = _BARE_MOBILE.search(text.folded)
    if number and name != number[0]:
        found["手机"] = number[0]
    return found


def _is_bare(body: Text, mark: re.Match[str], keys: Keys) -> bool:
    """Whether a number named inside a problem stands alone there: `…，电话139… 没人接` does not."""
    number = PHONE_VALUE.match(body.folded, mark.end())
    rest = body.folded[number.end() :].lstrip(SEPARATORS) if number else ""
    return number is not None and (not rest or keys.pattern.match(rest) is not None)


def _phone_and_rest(value: Text, found: dict[str, str], rest_key: str) -> dict[str, str]:
    """The number, and what follows it: a customer's `@name`, or the words without their key."""
    number = PHONE_VALUE.match(value.folded)
    rest = value.cut(number.end() if number else 0).strip(SEPARATORS)
    parts = {"手机": (number[0] if number else value.folded).strip()}
    if not number or not rest.folded:
        return parts
    if rest.folded.startswith("@") and "客户" not in found:
        return parts | {"客户": customer_name(rest)}
    return parts | {rest_key: rest.words}


def customer_name(text: Text) -> str:
    """`@客户张三`, `@张三`, `客户 张三`, `张三`: the name alone, up to the first space."""
    text = text.strip(" \n,;:、")
    text = text.cut(1).strip() if text.folded.startswith("@") else text
    if text.folded.startswith("客户") and len(text.folded) > 2:
        text = text.cut(2).strip(" :")
    end = NAME_END.search(text.folded)
    name = text.cut(0, end.start() if end else None).words
    return "" if name == "客户" else name
