"""One call of 客户联系: token, demo data, ordered faults; and reading what it is asked."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from wechat.simulator.answers import PlatformError, is_storable
from wechat.simulator.contacts import lifecycle, stock
from wechat.simulator.contacts.models import Colleague, Contact
from wechat.simulator.platform_calls import Calls

CHANNEL = "CONTACT"
ID_LENGTH = 64
Row = TypeVar("Row", bound=Model)


def _prepare() -> None:
    stock.ensure()
    lifecycle.finish_due()


_calls = Calls(CHANNEL, _prepare)
contact_get, contact_post = _calls.get, _calls.post


def text(body: dict[str, Any], name: str, most: int, default: str | None = "") -> str:
    """Raises 40058 for what is no text of at most `most` characters; None: it must be there."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most or not is_storable(value):
        raise PlatformError(40058, f"invalid {name}")
    if default is None and not value:
        raise PlatformError(40058, f"missing {name}")
    return value


def texts(body: dict[str, Any], name: str, *, least: int, most: int) -> list[str]:
    """A list of different ids, in their order; raises 40058."""
    value = body.get(name, [])
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise PlatformError(40058, f"{name} needs {least} to {most} entries")
    if not all(isinstance(item, str) and len(item) <= ID_LENGTH for item in value):
        raise PlatformError(40058, f"{name} must hold strings")
    return list(dict.fromkeys(value))


def number(body: dict[str, Any], name: str, *, least: int, most: int, default: int | None) -> int:
    """Raises 40058 outside the bounds; without a default it must be there."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise PlatformError(40058, f"invalid {name}")
    return value


def colleague(userid: Any, *, has_left: bool = False, may_have_left: bool = False) -> Colleague:
    """A member of today, or one who left; raises 40003 (no id), 60111 (nobody), 40097."""
    if not isinstance(userid, str) or not 0 < len(userid) <= ID_LENGTH or not is_storable(userid):
        raise PlatformError(40003, "invalid userid")
    found = Colleague.objects.filter(userid=userid).first()
    if found is None or (found.left_at is not None and not (has_left or may_have_left)):
        raise PlatformError(60111, "userid not found")
    if has_left and found.left_at is None:
        raise PlatformError(40097, "the user has not resigned")
    return found


def contact(external_userid: Any) -> Contact:
    """Raises 40096."""
    found = None
    if isinstance(external_userid, str) and is_storable(external_userid):
        found = Contact.objects.filter(external_userid=external_userid).first()
    if found is None:
        raise PlatformError(40096, "invalid external userid")
    return found


def page(rows: QuerySet[Row], cursor: str, limit: int) -> tuple[list[Row], str]:
    """The rows after `cursor` by their number, and the cursor of the next page, empty at the end."""
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise PlatformError(40058, "invalid cursor")
    found = list(rows.filter(pk__gt=int(cursor or 0)).order_by("pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else ""
