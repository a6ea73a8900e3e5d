"""The corporation's tags: `get_corp_tag_list`, `add_corp_tag`, `edit_corp_tag`, `del_corp_tag`."""

import secrets
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse

from wechat.simulator.answers import PlatformError, ok
from wechat.simulator.contacts.calls import ID_LENGTH, contact_post, number, text, texts
from wechat.simulator.contacts.models import Follow, Tag, TagGroup

NAME_LENGTH = 30
MOST_TAGS = 10_000
TAGS_A_CALL = 100
MAX_ORDER = 2**31 - 1
UNKNOWN_TAG = 40068
NAME_TAKEN = 40071
TOO_MANY = 40126


@contact_post
def tag_list(body: dict[str, Any]) -> HttpResponse:
    """`POST get_corp_tag_list`: all, or those of `tag_id`; else the groups of `group_id`."""
    tag_ids = texts(body, "tag_id", least=0, most=MOST_TAGS)
    group_ids = texts(body, "group_id", least=0, most=MOST_TAGS)
    tags = Tag.objects.select_related("group").order_by("-group__order", "group_id", "-order", "pk")
    if tag_ids:
        tags = tags.filter(tag_id__in=tag_ids)
    elif group_ids:
        tags = tags.filter(group__group_id__in=group_ids)
    return ok(tag_group=_groups(tags))


def _groups(tags: QuerySet[Tag]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for tag in tags:
        shown = groups.setdefault(tag.group.group_id, _group(tag.group))
        shown["tag"].append(_tag(tag) | {"deleted": False})
    return list(groups.values())


def _group(row: TagGroup) -> dict[str, Any]:
    return {
        "group_id": row.group_id,
        "group_name": row.name,
        "create_time": int(row.created_at.timestamp()),
        "order": row.order,
        "deleted": False,
        "tag": [],
    }


def _tag(row: Tag) -> dict[str, Any]:
    created = int(row.created_at.timestamp())
    return {"id": row.tag_id, "name": row.name, "create_time": created, "order": row.order}


@contact_post
def tag_add(body: dict[str, Any]) -> HttpResponse:
    """`POST add_corp_tag`: into `group_id`, or into the group named `group_name`, made if new."""
    wanted = body.get("tag")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= TAGS_A_CALL:
        raise PlatformError(40058, f"tag needs 1 to {TAGS_A_CALL} entries")
    if not all(isinstance(item, dict) for item in wanted):
        raise PlatformError(40058, "invalid tag")
    named = {text(item, "name", NAME_LENGTH, None): _order(item) for item in wanted}
    if len(named) < len(wanted):
        raise PlatformError(NAME_TAKEN, "tag name duplicated")
    with transaction.atomic():
        group, made = create(body, named)
    return ok(tag_group=_group(group) | {"tag": [_tag(row) for row in made]})


def create(body: dict[str, Any], named: dict[str, int]) -> tuple[TagGroup, list[Tag]]:
    """Raises 40071 for a name that the group has, 40126 beyond the corporation's total."""
    group = _group_for(body)
    if group.tags.filter(name__in=named).exists():
        raise PlatformError(NAME_TAKEN, "tag name existed")
    if Tag.objects.count() + len(named) > MOST_TAGS:
        raise PlatformError(TOO_MANY, "corp tag num exceed limit")
    rows = [
        Tag(tag_id=f"et{secrets.token_hex(15)}", group=group, name=name, order=order)
        for name, order in named.items()
    ]
    return group, Tag.objects.bulk_create(rows)


def _group_for(body: dict[str, Any]) -> TagGroup:
    if group_id := text(body, "group_id", ID_LENGTH):
        group = TagGroup.objects.filter(group_id=group_id).first()
        if group is None:
            raise PlatformError(UNKNOWN_TAG, "invalid tag group id")
        return group
    name = text(body, "group_name", NAME_LENGTH, None)
    group = TagGroup.objects.filter(name=name).first()
    return group or TagGroup.objects.create(
        group_id=f"et{secrets.token_hex(15)}", name=name, order=_order(body)
    )


@contact_post
def tag_edit(body: dict[str, Any]) -> HttpResponse:
    """`POST edit_corp_tag {id, name?, order?}`: of a tag or a group."""
    edit(body)
    return ok()


@transaction.atomic
def edit(body: dict[str, Any]) -> str:
    """`tag` or `tag_group`: which of them `id` named. Raises 40068, 40071."""
    wanted_id = text(body, "id", ID_LENGTH, None)
    name, order = text(body, "name", NAME_LENGTH), body.get("order")
    tag = Tag.objects.filter(tag_id=wanted_id).first()
    row = tag or TagGroup.objects.filter(group_id=wanted_id).first()
    if row is None:
        raise PlatformError(UNKNOWN_TAG, "invalid tagid")
    others = TagGroup.objects.all() if tag is None else tag.group.tags.all()
    if name and others.filter(name=name).exclude(pk=row.pk).exists():
        raise PlatformError(NAME_TAKEN, "tag name existed")
    row.name = name or row.name
    row.order = row.order if order is None else _order(body)
    row.save(update_fields=["name", "order"])
    return "tag_group" if tag is None else "tag"


@contact_post
def tag_delete(body: dict[str, Any]) -> HttpResponse:
    """`POST del_corp_tag {tag_id, group_id}`: a group goes with its last tag."""
    tag_ids = texts(body, "tag_id", least=0, most=MOST_TAGS)
    group_ids = texts(body, "group_id", least=0, most=MOST_TAGS)
    if not tag_ids and not group_ids:
        raise PlatformError(40058, "tag_id and group_id all empty")
    delete(tag_ids, group_ids)
    return ok()


@transaction.atomic
def delete(tag_ids: list[str], group_ids: list[str]) -> None:
    """Raises 40068 unless all of them are there; customers lose the tags."""
    groups = list(TagGroup.objects.filter(group_id__in=group_ids))
    tags = list(Tag.objects.filter(tag_id__in=tag_ids))
    if len(groups) < len(group_ids) or len(tags) < len(tag_ids):
        raise PlatformError(UNKNOWN_TAG, "invalid tagid")
    tags += Tag.objects.filter(group__in=groups)
    gone = {tag.tag_id for tag in tags}
    left_behind = {tag.group_id for tag in tags}
    Tag.objects.filter(tag_id__in=gone).delete()
    TagGroup.objects.filter(pk__in=[group.pk for group in groups]).delete()
    TagGroup.objects.filter(pk__in=left_behind, tags=None).delete()
    marked = [row for row in Follow.objects.only("tags").iterator() if gone & set(row.tags)]
    for row in marked:
        row.tags = [tag_id for tag_id in row.tags if tag_id not in gone]
    Follow.objects.bulk_update(marked, ["tags"], batch_size=500)


def _order(body: dict[str, Any]) -> int:
    return number(body, "order", least=0, most=MAX_ORDER, default=0)
