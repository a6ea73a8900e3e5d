"""Corporation tags: the platform's list taken over."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from config.database.locks import transaction_lock
from customers.actions.tags import tag_withdraw
from customers.actors import Entry, system_actor
from customers.models import CustomerTag, Tag, TagGroup, TagSource
from customers.models.tag import NAME_LENGTH
from wechat.callbacks.storable import storable
from wechat.client.blocking import BlockingClient
from wechat.sync.payloads import number, text
from wechat.sync.runs import Tally

# Where tags of ours that are in no group are put on the platform, which has none without one.
UNGROUPED = "未分组"


@dataclass(frozen=True)
class CorpTag:
    tag_id: str
    name: str
    order: int


@dataclass(frozen=True)
class CorpTagGroup:
    group_id: str
    name: str
    order: int
    tags: tuple[CorpTag, ...]


def known_tags(wecom_ids: Collection[str]) -> dict[str, Tag]:
    """Our tags by the platform's ids."""
    return {str(tag.wecom_id): tag for tag in Tag.objects.filter(wecom_id__in=wecom_ids)}


def corp_tags(client: BlockingClient) -> list[CorpTagGroup]:
    """All of the corporation's tags, deleted ones left out."""
    body = storable(client.post("externalcontact/get_corp_tag_list", {}))
    groups = body.get("tag_group")
    return [
        group_of(group)
        for group in (groups if isinstance(groups, list) else [])
        if isinstance(group, dict) and text(group, "group_id", 64) and not group.get("deleted")
    ]


def group_of(group: dict[str, Any]) -> CorpTagGroup:
    tags = group.get("tag")
    return CorpTagGroup(
        text(group, "group_id", 64),
        text(group, "group_name", NAME_LENGTH) or text(group, "group_id", NAME_LENGTH),
        _order(group),
        tuple(
            CorpTag(
                text(tag, "id", 64),
                text(tag, "name", NAME_LENGTH) or text(tag, "id", NAME_LENGTH),
                _order(tag),
            )
            for tag in (tags if isinstance(tags, list) else [])
            if isinstance(tag, dict) and text(tag, "id", 64) and not tag.get("deleted")
        ),
    )


def _order(item: dict[str, Any]) -> int:
    return min(max(number(item, "order"), 0), 2**31 - 1)


@transaction.atomic
def tags_apply(groups: Collection[CorpTagGroup], *, is_whole: bool = True) -> Tally:
    """Our tags as the platform has them. One of ours with the same name and group becomes that one.

    `is_whole`: what is not among them has been deleted there.
    """
    transaction_lock("sync.tags")
    tally = Tally()
    for corp_group in groups:
        group = _group(corp_group)
        own = {
            tag.wecom_id: tag for tag in known_tags([t.tag_id for t in corp_group.tags]).values()
        }
        named = {
            tag.name: tag
            for tag in Tag.objects.filter(wecom_id=None, name__in=[t.name for t in corp_group.tags])
            if tag.group_id == group.pk or (tag.group_id is None and group.name == UNGROUPED)
        }
        for corp_tag in corp_group.tags:
            tag = own.get(corp_tag.tag_id) or named.get(corp_tag.name)
            _take_over(corp_tag, tag, group, tally)
    if is_whole:
        _forget(groups, tally)
    return tally


def _group(corp_group: CorpTagGroup) -> TagGroup:
    group = TagGroup.objects.filter(wecom_id=corp_group.group_id).first()
    same = TagGroup.objects.filter(name=corp_group.name).first()
    if group is None and same is not None and same.wecom_id is None:
        group = same
    name = corp_group.name
    if same is not None and same != group:
        # Taken by another group of ours; the platform's id tells them apart.
        name = f"{name[: NAME_LENGTH - 7]}_{corp_group.group_id[-6:]}"
    if group is None:
        return TagGroup.objects.create(
            name=name, wecom_id=corp_group.group_id, order=corp_group.order
        )
    if (group.name, group.wecom_id, group.order) != (name, corp_group.group_id, corp_group.order):
        group.name, group.wecom_id, group.order = name, corp_group.group_id, corp_group.order
        group.save(update_fields=["name", "wecom_id", "order"])
    return group


def _take_over(corp_tag: CorpTag, tag: Tag | None, group: TagGroup, tally: Tally) -> None:
    tally.processed += 1
    if tag is None:
        name = _free_name(corp_tag, group, None)
        Tag.objects.create(group=group, name=name, order=corp_tag.order, wecom_id=corp_tag.tag_id)
        tally.created += 1
        tally.differences.append(("tag_missing", f"{group.name} / {corp_tag.name}"))
        return
    was = (tag.name, tag.order, tag.wecom_id)
    tag.name = _free_name(corp_tag, tag.group, tag)
    tag.order, tag.wecom_id = corp_tag.order, corp_tag.tag_id
    if (tag.name, tag.order, tag.wecom_id) == was:
        tally.unchanged += 1
        return
    tag.save(update_fields=["name", "order", "wecom_id"])
    tally.updated += 1
    tally.differences.append(("tag_differs", f"{group.name} / {was[0]} → {tag.name}"))


def _free_name(corp_tag: CorpTag, group: TagGroup | None, own: Tag | None) -> str:
    if own is not None and own.name == corp_tag.name:
        return corp_tag.name
    taken = Tag.objects.filter(group=group, name=corp_tag.name)
    taken = taken.exclude(pk=own.pk) if own is not None else taken
    if not taken.exists():
        return corp_tag.name
    return f"{corp_tag.name[: NAME_LENGTH - 7]}_{corp_tag.tag_id[-6:]}"


def _forget(groups: Collection[CorpTagGroup], tally: Tally) -> None:
    tag_ids = {tag.tag_id for group in groups for tag in group.tags}
    gone = Tag.objects.filter(wecom_id__isnull=False).exclude(wecom_id__in=tag_ids)
    for tag in list(gone):
        tag_gone(tag)
        tally.updated += 1
        tally.differences.append(("tag_gone", tag.name))
    TagGroup.objects.filter(wecom_id__isnull=False).exclude(
        wecom_id__in=[group.group_id for group in groups]
    ).update(wecom_id=None)


def tag_gone(tag: Tag) -> None:
    """Deleted on the platform: what the platform had set goes; the tag stays where people use it."""
    links = CustomerTag.objects.filter(tag=tag, source=TagSource.WECOM)
    ids = list(links.values_list("customer_id", flat=True))
    tag.wecom_id = None
    tag.save(update_fields=["wecom_id"])
    tag_withdraw(tag=tag, customer_ids=ids, actor=system_actor(Entry.WECOM_SYNC))
    is_used = tag.customer_links.exists() or tag.rules.exists() or tag.plans.exists()
    if not is_used and not tag.groups.exists():
        tag.delete()
