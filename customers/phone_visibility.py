"""Who is shown customers' phone numbers and addresses on screens of the team; the rule of every page.

The API's answers are not masked: contract.md promises the phone to whoever has a right to the
customer, and programs dial it.
"""

import re
from typing import Any

from customers import phones

PERMISSION = "customers.view_phone"
REVEAL = "customers.reveal_phone"
_MOBILE_IN_TEXT = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d{9})(?!\d)")
_PHONE = re.compile(r"\+?\d[\d\s-]{5,18}\d")


def may_see_phones(user: Any) -> bool:
    return bool(user.has_perm(PERMISSION))


def phone_shown(phone: str, user: Any) -> str:
    """The E.164 number as people write it, or masked for those who need not see it."""
    return phones.display(phone) if may_see_phones(user) else phones.mask(phone)


def may_reveal_phones(user: Any) -> bool:
    """One at a time, each leaving its entry in the history."""
    return bool(user.has_perm(REVEAL)) and not may_see_phones(user)


def masked_in(text: str) -> str:
    """A text with the Chinese mobile numbers in it masked."""
    return _MOBILE_IN_TEXT.sub(lambda found: phones.mask(f"+86{found[1]}"), text)


def text_shown(text: str, user: Any) -> str:
    return text if may_see_phones(user) else masked_in(text)


def masked_address(address: str) -> str:
    """A message's recipient: phones and mail boxes are masked, user ids and groups are no secret."""
    if "@" in address:
        box, _, host = address.partition("@")
        return f"{box[:1]}***@{host}"
    return phones.mask(address) if _PHONE.fullmatch(address) else address


def address_shown(address: str, user: Any) -> str:
    return address if may_see_phones(user) else masked_address(address)
