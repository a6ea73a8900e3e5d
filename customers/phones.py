"""Phone numbers: E.164 in the database, as people in China write them at every door."""

import re
import unicodedata

import phonenumbers

from config.errors import InvalidInputError

REGION = "CN"
# What stands between the digits when people type: spaces, dashes, dots, brackets.
_SEPARATORS = re.compile(r"[\s\-‐-―.()（）·]+")


def normalize(text: str, *, attr: str = "phone") -> str:
    """E.164, such as `+8613800138000`.

    Takes `13800138000`, `138 0013 8000`, `138-0013-8000`, `+86 138…`, `0086 138…`, full-width
    digits, land lines with an area code, and foreign numbers with `+`.
    Raises `InvalidInputError` naming `attr`.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if re.fullmatch(r"86(1[3-9]\d{9})", digits):
        digits = "+" + digits
    if re.fullmatch(r"(\+86)?1[3-9]\d{9}", digits, re.ASCII):
        return f"+86{digits[-11:]}"  # what nearly all are, at a fiftieth of the cost
    try:
        parsed = phonenumbers.parse(digits, REGION)
    except phonenumbers.NumberParseException:
        raise InvalidInputError(f"「{text[:30]}」不是有效的电话号码", attr=attr) from None
    # is_possible: ranges newer than the library's tables must pass; mobiles are checked by shape.
    chinese_mobile = re.fullmatch(r"\+861[3-9]\d{9}", _e164(parsed))
    if not chinese_mobile and not phonenumbers.is_valid_number(parsed):
        raise InvalidInputError(f"「{text[:30]}」不是有效的电话号码", attr=attr)
    return _e164(parsed)


def display(e164: str) -> str:
    """As people in China write it: `13800138000`; foreign numbers stay in E.164."""
    if re.fullmatch(r"\+861[3-9]\d{9}", e164):
        return e164[3:]
    if e164.startswith("+86"):
        return "0" + e164[3:]
    return e164


def mask(e164: str) -> str:
    """For those who need not see it: `138****8000`."""
    shown = display(e164)
    return f"{shown[:3]}****{shown[-4:]}" if len(shown) >= 8 else ("****" if shown else "")


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
