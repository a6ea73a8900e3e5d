"""What conditions name by id: tags, members of staff, groups. Whether they are there, and their names."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from config.errors import InvalidInputError
from customers.conditions.fields import Source, field_named
from customers.conditions.kinds import Shape
from customers.conditions.language import Condition, Leaf, leaves_of
from customers.models import CustomerGroup, Tag, User
from customers.queries.staff import team_members

MOST_OFFERED = 2000
Names = Mapping[str, Mapping[int, str]]


def _tags(ids: Collection[int]) -> dict[int, str]:
    return {
        tag.pk: _tag_name(tag) for tag in Tag.objects.filter(pk__in=ids).select_related("group")
    }


def _staff(ids: Collection[int]) -> dict[int, str]:
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)}


def _groups(ids: Collection[int]) -> dict[int, str]:
    return {group.pk: str(group) for group in CustomerGroup.objects.filter(pk__in=ids)}


_SOURCES: dict[str, Callable[[Collection[int]], dict[int, str]]] = {
    Source.TAGS: _tags,
    Source.STAFF: _staff,
    Source.GROUPS: _groups,
}


def names_in(condition: Condition) -> Names:
    """The names of everything that is named by id, one query for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for leaf in leaves_of(condition):
        source, ids = ids_of(leaf)
        if source:
            wanted[source].update(ids)
    return {source: _SOURCES[source](ids) for source, ids in wanted.items()}


def check_references(condition: Condition) -> None:
    """Raises `InvalidInputError` naming the value that names nothing (any more)."""
    names = names_in(condition)
    for leaf in leaves_of(condition):
        source, ids = ids_of(leaf)
        for index, pk in enumerate(ids):
            if pk not in names[source]:
                place = f"{leaf.path}.value" + ("" if isinstance(leaf.value, int) else f".{index}")
                raise InvalidInputError(f"没有编号 {pk}", code="not_found", attr=place)


def ids_of(leaf: Leaf) -> tuple[str, tuple[int, ...]]:
    """The source that the leaf's value names things of, and their ids."""
    field = field_named(leaf.field)
    if field is None or not field.source:
        return "", ()
    match field.operators[leaf.op].takes:
        case Shape.CHOICE:
            return field.source, (leaf.value,)
        case Shape.CHOICES:
            return field.source, leaf.value
    return "", ()


def names_of_sources() -> dict[str, list[dict[str, Any]]]:
    """What an editor may offer for each source: tags by group, the team, groups; the first of many."""
    tags = Tag.objects.select_related("group").order_by("group__order", "group_id", "order", "id")
    return {
        Source.TAGS: _offered((tag.pk, _tag_name(tag)) for tag in tags[:MOST_OFFERED]),
        Source.STAFF: _offered(
            (user.pk, user.display_name) for user in team_members().order_by("name")[:MOST_OFFERED]
        ),
        Source.GROUPS: _offered(
            (group.pk, str(group))
            for group in CustomerGroup.objects.order_by("name")[:MOST_OFFERED]
        ),
    }


def _offered(named: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    return [{"value": pk, "label": label} for pk, label in named]


def _tag_name(tag: Tag) -> str:
    return f"{tag.group.name}/{tag.name}" if tag.group else tag.name
