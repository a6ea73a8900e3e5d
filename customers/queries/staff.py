"""Finding members of staff by what colleagues call them."""

from django.db.models import Q, QuerySet

from config.api.roles import Role
from config.errors import InvalidInputError
from customers.models import User


def team_members() -> QuerySet[User]:
    return User.objects.filter(is_active=True, role__in=[Role.STAFF, Role.ADMIN])


def staff_by_wecom_user_id(wecom_user_id: str) -> User | None:
    """The team member whom WeCom knows by that id; None for strangers and switched-off accounts."""
    return team_members().filter(wecom_user_id=wecom_user_id).first() if wecom_user_id else None


def staff_named(text: str, *, attr: str = "assignee") -> User:
    """The team member with that user name, WeCom user id, or full name.

    Raises `InvalidInputError` naming `attr` when nobody, or more than one of a name, fits.
    """
    wanted = text.strip().lstrip("@")
    found = team_members().filter(Q(username=wanted) | Q(wecom_user_id=wanted)).first()
    if found is not None:
        return found
    named = list(team_members().filter(name=wanted)[:2]) if wanted else []
    if not named:
        raise InvalidInputError(f"找不到同事「{wanted[:50]}」", code="unknown_staff", attr=attr)
    if len(named) > 1:
        raise InvalidInputError(
            f"有多位同事叫「{wanted}」，请用企业微信账号指定", code="ambiguous_staff", attr=attr
        )
    return named[0]
