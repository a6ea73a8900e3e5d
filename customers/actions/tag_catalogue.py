"""Which tags and groups of tags there are."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from config.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from config.events.publish import publish
from customers.actions.history import changed_later, require_team
from customers.actors import Actor
from customers.models import CustomerTag, FollowUpPlan, Tag, TagGroup, TagRule
from customers.models.tag import NAME_LENGTH

MAX_ORDER = 2**31 - 1


@transaction.atomic
def tag_create(*, name: str, actor: Actor, group: TagGroup | None = None, order: int = 0) -> Tag:
    """A new tag; raises `InvalidInputError` naming `name` (`unique`: the group has one of it)."""
    require_team(actor)
    tag = Tag(name=_name(name), group=group, order=_order(order))
    _once(tag.save, "这个标签组里已有同名标签")
    _tell("tag.created", tag, actor)
    return tag


@transaction.atomic
def tag_edit(*, tag_id: int, actor: Actor, **changes: Any) -> Tag:
    """`name`, `group` and `order` as given; the same again tells nobody."""
    require_team(actor)
    tag = Tag.objects.select_for_update(of=("self",), no_key=True).filter(pk=tag_id).first()
    if tag is None:
        raise NotFoundError(f"没有标签 {tag_id}")
    before = (tag.name, tag.group_id, tag.order)
    tag.name = _name(changes.get("name", tag.name))
    tag.order = _order(changes.get("order", tag.order))
    tag.group = changes.get("group", tag.group)
    if (tag.name, tag.group_id, tag.order) != before:
        _once(tag.save, "这个标签组里已有同名标签")
        _tell("tag.updated", tag, actor)
        _carriers_changed([tag])
    return tag


@transaction.atomic
def tag_delete(*, tag_id: int, actor: Actor) -> None:
    """The tag goes, and from all who carry it at once; one that is carried only by administrators.

    Raises `NotFoundError`, `NotAllowedError`, and `ConflictError` while a rule or a plan needs it.
    """
    require_team(actor)
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise NotFoundError(f"没有标签 {tag_id}")
    _delete_tags([tag], actor)


@transaction.atomic
def group_create(*, name: str, actor: Actor, order: int = 0) -> TagGroup:
    """A new group; raises `InvalidInputError` naming `name`."""
    require_team(actor)
    group = TagGroup(name=_name(name), order=_order(order))
    _once(group.save, "已有同名标签组")
    _tell_group("tag_group.created", group, actor)
    return group


@transaction.atomic
def group_edit(*, group_id: int, actor: Actor, **changes: Any) -> TagGroup:
    """`name` and `order` as given; the same again tells nobody."""
    require_team(actor)
    found = TagGroup.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    if found is None:
        raise NotFoundError(f"没有标签组 {group_id}")
    before = (found.name, found.order)
    found.name = _name(changes.get("name", found.name))
    found.order = _order(changes.get("order", found.order))
    if (found.name, found.order) != before:
        _once(found.save, "已有同名标签组")
        _tell_group("tag_group.updated", found, actor)
        _carriers_changed(list(found.tags.all()))
    return found


@transaction.atomic
def group_delete(*, group_id: int, actor: Actor) -> None:
    """The group and its tags; raises as `tag_delete` does."""
    require_team(actor)
    group = TagGroup.objects.filter(pk=group_id).first()
    if group is None:
        raise NotFoundError(f"没有标签组 {group_id}")
    _delete_tags(list(group.tags.order_by("id")), actor)
    pk = group.pk
    group.delete()
    group.pk = pk
    _tell_group("tag_group.deleted", group, actor)


def _delete_tags(tags: list[Tag], actor: Actor) -> None:
    needed_by = [
        *TagRule.objects.filter(tag__in=tags).values_list("name", flat=True)[:3],
        *FollowUpPlan.objects.filter(trigger_tag__in=tags).values_list("name", flat=True)[:3],
    ]
    if needed_by:
        raise ConflictError(f"规则或跟进计划还在使用：{'、'.join(needed_by)}", code="tag_in_use")
    in_use = CustomerTag.objects.filter(tag__in=tags)
    if not actor.sees_all and in_use.exists():
        raise NotAllowedError("标签还在使用，只有管理员可以删除")
    _carriers_changed(tags)
    for tag in tags:
        _tell("tag.deleted", tag, actor, customers=in_use.filter(tag=tag).count())
    Tag.objects.filter(pk__in=[tag.pk for tag in tags]).delete()


def _carriers_changed(tags: list[Tag]) -> None:
    """The kept details of those who carry them show them otherwise now."""
    carriers = CustomerTag.objects.filter(tag__in=tags).values_list("customer_id", flat=True)
    changed_later(*set(carriers))


def _tell(event_type: str, tag: Tag, actor: Actor, **data: Any) -> None:
    about = {
        "tag_id": tag.pk,
        "name": tag.name,
        "group_id": tag.group_id,
        "wecom_id": tag.wecom_id or "",
        "entry": str(actor.entry),
        "actor": actor.name,
    }
    publish(event_type, {**about, **data}, key=f"tag:{tag.pk}")


def _tell_group(event_type: str, group: TagGroup, actor: Actor) -> None:
    about = {
        "group_id": group.pk,
        "name": group.name,
        "wecom_id": group.wecom_id or "",
        "entry": str(actor.entry),
        "actor": actor.name,
    }
    publish(event_type, about, key=f"tag_group:{group.pk}")


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > NAME_LENGTH or "\x00" in name:
        raise InvalidInputError(f"必须是 1 到 {NAME_LENGTH} 个字", attr="name")
    return name


def _order(order: int) -> int:
    if not 0 <= order <= MAX_ORDER:
        raise InvalidInputError("次序必须是非负整数", attr="order")
    return order


def _once(save: Callable[[], None], detail: str) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError:
        raise InvalidInputError(detail, code="unique", attr="name") from None
