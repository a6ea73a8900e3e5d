"""Reading hand-overs; and finding who hands over, though they may have left."""

from typing import Any

from django.db.models import Q, QuerySet

from config.api.roles import Role
from config.errors import InvalidInputError
from customers.actors import Actor
from customers.models import Handover, HandoverItem, User
from customers.visibility import handovers_visible_to

MAX_ID = 2**63 - 1


def handovers_for(actor: Actor) -> QuerySet[Handover]:
    """The cases that `actor` may see, with who hands over and who started them."""
    return handovers_visible_to(actor).select_related("from_user", "created_by")


def items_of(handover: Handover) -> QuerySet[HandoverItem]:
    return handover.items.select_related("customer", "group", "to_user").order_by("pk")


def giver_named(value: Any, *, attr: str) -> User:
    """A colleague of today or of before, by id, user name, WeCom user id or full name.

    Raises `InvalidInputError` naming `attr` for nobody, and for more than one of a name.
    """
    text = str(value).strip()
    if isinstance(value, bool) or not isinstance(value, int | str) or not 0 < len(text) <= 150:
        raise InvalidInputError("必须是员工的 id、用户名或企业微信账号", attr=attr)
    team = User.objects.filter(role__in=[Role.STAFF, Role.ADMIN])
    by_name = team.filter(Q(username=text) | Q(wecom_user_id=text)).first()
    if isinstance(value, str) and by_name is not None:
        return by_name
    if text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= MAX_ID:
        found = team.filter(pk=int(text)).first()
        if found is not None:
            return found
    named = list(team.filter(name=text)[:2])
    if len(named) != 1:
        refusal = f"有多位同事叫「{text}」" if named else f"找不到同事「{text[:50]}」"
        raise InvalidInputError(refusal, code="unknown_staff", attr=attr)
    return named[0]
