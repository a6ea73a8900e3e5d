"""Filters of the ticket list kept under a name: one's own, and those shared with the team."""

from typing import Any, TypedDict

from django.db import transaction
from django.db.models import Q, QuerySet

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from customers.actors import Actor
from customers.models import User
from tickets.actions.trail import require_team
from tickets.models import SavedView

NAME_LENGTH = 50
MOST_VIEWS = 100


class SavedViewChanges(TypedDict, total=False):
    name: str
    filters: dict[str, Any]
    is_shared: bool
    position: int


def views_visible_to(actor: Actor) -> QuerySet[SavedView]:
    """One's own and the shared ones; administrators see all."""
    if not actor.is_team:
        return SavedView.objects.none()
    if actor.sees_all:
        return SavedView.objects.all()
    return SavedView.objects.filter(Q(owner=actor.user) | Q(is_shared=True))


@transaction.atomic
def saved_view_create(
    *,
    name: str,
    filters: dict[str, Any],
    actor: Actor,
    is_shared: bool = False,
    position: int = 100,
) -> SavedView:
    """`filters` are the list's own parameters, checked by the door that knows them.

    Raises `InvalidInputError`, `ConflictError` for a name taken or too many, `NotAllowedError`.
    """
    owner = _somebody(actor)
    if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        raise ConflictError(f"每人最多 {MOST_VIEWS} 个视图", attr="name")
    view = SavedView(owner=owner)
    return _save(
        view, {"name": name, "filters": filters, "is_shared": is_shared, "position": position}
    )


@transaction.atomic
def saved_view_edit(*, view_id: int, changes: SavedViewChanges, actor: Actor) -> SavedView:
    """Raises `NotFoundError`, `NotAllowedError` for somebody else's, and as `saved_view_create`."""
    return _save(_own(view_id, actor), changes)


@transaction.atomic
def saved_view_delete(*, view_id: int, actor: Actor) -> None:
    """Raises as `saved_view_edit`."""
    _own(view_id, actor).delete()


def _somebody(actor: Actor) -> User:
    require_team(actor)
    if actor.user is None:
        raise NotAllowedError("视图属于某个员工，请用员工账号创建")
    return actor.user


def _own(view_id: int, actor: Actor) -> SavedView:
    require_team(actor)
    view = views_visible_to(actor).select_related("owner").filter(pk=view_id).first()
    if view is None:
        raise NotFoundError("找不到这个视图")
    is_own = actor.user is not None and view.owner_id == actor.user.pk
    if not is_own and not actor.sees_all:
        raise NotAllowedError("只有创建人和管理员可以修改视图")
    return view


def _save(view: SavedView, changes: SavedViewChanges) -> SavedView:
    for field, value in changes.items():
        setattr(view, field, value)
    view.name = view.name.strip()
    if not 0 < len(view.name) <= NAME_LENGTH:
        raise InvalidInputError(f"名称必须是 1 到 {NAME_LENGTH} 个字", attr="name")
    transaction_lock("tickets.saved_view.names")
    same = SavedView.objects.filter(owner=view.owner, name=view.name).exclude(pk=view.pk)
    if same.exists():
        raise ConflictError(f"已有名为「{view.name}」的视图", attr="name")
    view.save()
    return view
