"""An administrator changes the corporation's tags in the console (§2.5)."""

from typing import Any

from django.db.models import F

from wechat.simulator.answers import InvalidRequest
from wechat.simulator.contacts import events, tags
from wechat.simulator.contacts.acts.told import NAME_LENGTH, Done, word
from wechat.simulator.contacts.models import Tag, TagGroup


def tag_create(body: dict[str, Any]) -> Done:
    """`{name, group_id or group_name}`; a new group is told of too."""
    before = set(TagGroup.objects.values_list("pk", flat=True))
    group, (tag,) = tags.create(body, {word(body, "name", most=NAME_LENGTH): 0})
    told = [events.tag("create", tag.tag_id, "tag")]
    if group.pk not in before:
        told.insert(0, events.tag("create", group.group_id, "tag_group"))
    return Done(told, {"id": tag.tag_id, "group_id": group.group_id})


def tag_update(body: dict[str, Any]) -> Done:
    """`{id, name?, order?}` of a tag or a group."""
    kind = tags.edit(body)
    return Done([events.tag("update", body["id"], kind)])


def tag_delete(body: dict[str, Any]) -> Done:
    """`{id}` of a tag or a group."""
    wanted = word(body, "id")
    if Tag.objects.filter(tag_id=wanted).exists():
        tags.delete([wanted], [])
        return Done([events.tag("delete", wanted, "tag")])
    tags.delete([], [wanted])
    return Done([events.tag("delete", wanted, "tag_group")])


def tag_shuffle(body: dict[str, Any]) -> Done:
    """`{group_id}`: its tags stand in the opposite order."""
    group = TagGroup.objects.filter(group_id=word(body, "group_id")).first()
    if group is None:
        raise InvalidRequest("group_id", "没有这个标签组")
    top = max(group.tags.values_list("order", flat=True), default=0)
    group.tags.update(order=top - F("order"))
    return Done([events.tag("shuffle", group.group_id, "tag_group")])
