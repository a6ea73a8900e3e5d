"""`@李四` in an internal note: whom the writer means."""

import re

from customers.models import User
from customers.queries.staff import team_members

# Not the sign of an e-mail address.
_SIGN = re.compile("(?<![A-Za-z0-9._%+-])[@＠]")
# Notes that call half the house are no notes to somebody.
MOST = 20


def mentioned_in(text: str) -> list[User]:
    """The colleagues whose name, user name or WeCom id follows an @, in the order of the text.

    Chinese has no spaces, so the longest name that fits counts; of two colleagues with one name
    both are meant.
    """
    if "@" not in text and "＠" not in text:
        return []
    by_name = _names()
    found: dict[int, User] = {}
    for match in _SIGN.finditer(text):
        rest = text[match.end() :]
        fitting = [name for name in by_name if _begins(rest, name)]
        for user in by_name[max(fitting, key=len)] if fitting else ():
            found.setdefault(user.pk, user)
    return list(found.values())[:MOST]


def _names() -> dict[str, list[User]]:
    names: dict[str, list[User]] = {}
    for user in team_members().order_by("pk"):
        for name in {user.display_name, user.username, user.wecom_user_id or ""} - {""}:
            names.setdefault(name, []).append(user)
    return names


def _begins(rest: str, name: str) -> bool:
    """A Latin name ends where its letters do: `@li` is not `@lisi`."""
    if not rest.startswith(name):
        return False
    after = rest[len(name) : len(name) + 1]
    return not (name[-1].isascii() and name[-1].isalnum() and after.isascii() and after.isalnum())
