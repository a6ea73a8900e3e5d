"""Customer groups: tags, and who comes and goes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from config.errors import NotFoundError
from config.events.publish import publish
from customers.actions.history import require_team
from customers.actions.tags import tags_of_ids
from customers.actors import Actor
from customers.models import Customer, CustomerGroup, GroupMember, GroupStatus, MemberKind, Tag
from customers.visibility import groups_visible_to


def group_tags_add(*, group_id: int, tag_ids: Collection[int], actor: Actor) -> list[Tag]:
    """Adds tags to a group; returns the new ones. Adding twice changes nothing.

    Raises `NotFoundError`, `InvalidInputError` naming `tag_ids`.
    """
    with transaction.atomic():
        group = _locked(group_id, actor)
        tags = tags_of_ids(tag_ids)
        carried = set(group.tags.filter(pk__in=[t.pk for t in tags]).values_list("pk", flat=True))
        new = [tag for tag in tags if tag.pk not in carried]
        if new:
            group.tags.add(*new)
            _tell_tags("customer.group.tagged", group, new, actor)
        return new


def group_tag_remove(*, group_id: int, tag_id: int, actor: Actor) -> bool:
    """Removes a tag from a group; False when it had not that one."""
    with transaction.atomic():
        group = _locked(group_id, actor)
        tag = group.tags.filter(pk=tag_id).first()
        if tag is None:
            return False
        group.tags.remove(tag)
        _tell_tags("customer.group.untagged", group, [tag], actor)
        return True


def _locked(group_id: int, actor: Actor) -> CustomerGroup:
    require_team(actor)
    visible = groups_visible_to(actor).filter(pk=group_id)
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    group = visible.first()
    if group is None:
        raise NotFoundError(f"没有客户群 {group_id}")
    return group


def members_join(
    group: CustomerGroup,
    member_ids: Collection[str],
    *,
    at: datetime,
    scene: int,
    customers: dict[str, Customer],
    actor: Actor,
) -> list[str]:
    """Those of `member_ids` who were not in the group; inside an action that holds it.

    `customers`: our customers by the members' ids.
    """
    present = set(
        group.members.filter(left_at=None, member_id__in=member_ids).values_list(
            "member_id", flat=True
        )
    )
    new = sorted(set(member_ids) - present)
    GroupMember.objects.bulk_create(
        GroupMember(
            group=group,
            member_id=member_id,
            kind=kind_of(member_id),
            customer=customers.get(member_id),
            join_scene=scene,
            joined_at=at,
        )
        for member_id in new
    )
    tell_members("customer.group.joined", group, new, actor)
    return new


def members_leave(
    group: CustomerGroup,
    member_ids: Collection[str],
    *,
    at: datetime,
    scene: int | None,
    actor: Actor,
) -> list[str]:
    """Those of `member_ids` who were in the group; their stay becomes history."""
    rows = group.members.filter(left_at=None, member_id__in=member_ids, joined_at__lte=at)
    gone = sorted(rows.values_list("member_id", flat=True))
    rows.update(left_at=at, quit_scene=scene)
    tell_members("customer.group.left", group, gone, actor)
    return gone


def group_dismiss(group: CustomerGroup, *, at: datetime, actor: Actor) -> bool:
    """The group is no more, nor is anybody in it; False when that was known."""
    if group.status == GroupStatus.DISMISSED:
        return False
    group.status, group.dismissed_at, group.member_count = GroupStatus.DISMISSED, at, 0
    group.save(update_fields=["status", "dismissed_at", "member_count"])
    group.members.filter(left_at=None).update(left_at=at)
    _tell("customer.group.dismissed", group, actor)
    return True


def kind_of(member_id: str) -> MemberKind:
    """External ids begin with `wm` (WeChat) or `wo` (WeCom), and are long."""
    is_external = member_id.startswith(("wm", "wo")) and len(member_id) > 10
    return MemberKind.EXTERNAL if is_external else MemberKind.STAFF


def tell_members(
    event_type: str, group: CustomerGroup, member_ids: Collection[str], actor: Actor
) -> None:
    if member_ids:
        _tell(event_type, group, actor, member_ids=sorted(member_ids))


def _tell_tags(event_type: str, group: CustomerGroup, tags: Collection[Tag], actor: Actor) -> None:
    _tell(
        event_type,
        group,
        actor,
        tag_ids=[tag.pk for tag in tags],
        tags=[tag.name for tag in tags],
    )


def _tell(event_type: str, group: CustomerGroup, actor: Actor, **data: Any) -> None:
    publish(
        event_type,
        {
            "group_id": group.pk,
            "chat_id": group.chat_id,
            "entry": str(actor.entry),
            "actor": actor.name,
            **data,
        },
        key=f"group:{group.pk}",
    )
