"""What filters take and offer: colleagues, their groups, and fixed words."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from config.api.roles import Role
from config.errors import InvalidInputError
from config.whole_number import whole_number
from customers.actors import Actor
from customers.models import User
from customers.queries.projects import account_of
from customers.queries.staff import team_members
from monitoring.reports.asked import Asked
from monitoring.reports.definition import Choice, Filter
from tickets.chat.visibility import supervised_by
from tickets.models import ChatGroup

MAX_ID = 2**63 - 1


def colleague(name: str, title: str) -> Filter:
    """By WeCom user id or user name; also one whose account is switched off by now."""

    def options(actor: Actor) -> Sequence[Choice]:
        people = team_members()
        if not actor.sees_all:
            own = Q(pk=actor.user.pk if actor.user else 0)
            people = people.filter(own | Q(pk__in=supervised_by(actor).values("pk")))
        found = people.order_by("name", "username")
        return [(account_of(user), user.display_name) for user in found]

    return Filter(name, title, _colleague, options)


def group() -> Filter:
    """A group of colleagues (客服组), by its id."""

    def options(actor: Actor) -> Sequence[Choice]:
        groups = ChatGroup.objects.order_by("name")
        if not actor.sees_all:
            groups = groups.filter(members=actor.user)
        return [(str(pk), name) for pk, name in groups.values_list("pk", "name")]

    return Filter("group", "客服组", _group, options)


def one_of(name: str, title: str, choices: Callable[[], Iterable[Choice]]) -> Filter:
    """One of some words; they are looked up when they are asked for."""

    def read(text: str, attr: str) -> str:
        known = [value for value, _ in choices()]
        if text not in known:
            listed = "、".join(known)
            raise InvalidInputError(f"必须是 {listed} 之一", code="invalid_choice", attr=attr)
        return text

    return Filter(name, title, read, lambda actor: list(choices()))


def words(name: str, title: str) -> Filter:
    """Any words, compared as they stand."""
    return Filter(name, title, lambda text, attr: text, lambda actor: [], is_free=True)


def key_given(text: str) -> int | None:
    """The id that a text is, if any."""
    key = whole_number(text, longest=19) or 0
    return key if 0 < key <= MAX_ID else None


def people_asked(asked: Asked, name: str) -> Q | None:
    """A condition on `User` for the colleague and group asked about; None: for everybody."""
    rule: Q | None = None
    if person := asked.filters.get(name):
        rule = Q(pk=person.pk)
    if found := asked.filters.get("group"):
        members = Q(pk__in=found.members.through.objects.filter(chatgroup=found).values("user"))
        rule = members if rule is None else rule & members
    return rule


def of_people(rows: QuerySet[Any], asked: Asked, name: str, field: str) -> QuerySet[Any]:
    """`rows` whose `field` is one of the colleagues asked about."""
    rule = people_asked(asked, name)
    if rule is None:
        return rows
    return rows.filter(**{f"{field}__in": User.objects.filter(rule).values("pk")})


def _colleague(text: str, attr: str) -> User:
    team = User.objects.filter(role__in=[Role.STAFF, Role.ADMIN])
    found = team.filter(Q(wecom_user_id=text) | Q(username=text)).order_by("pk").first()
    if found is None:
        raise InvalidInputError(f"找不到同事「{text[:50]}」", code="unknown_staff", attr=attr)
    return found


def _group(text: str, attr: str) -> ChatGroup:
    key = key_given(text)
    found = ChatGroup.objects.filter(pk=key).first() if key else None
    if found is None:
        raise InvalidInputError(f"没有客服组「{text[:50]}」", code="unknown_group", attr=attr)
    return found
