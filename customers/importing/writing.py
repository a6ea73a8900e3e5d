"""Writing what a chunk has planned: customers, tags, addresses, history and events, in bulk."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from config.events.publish import publish_many
from customers.actions.history import about, changed_later, order_key
from customers.actors import Actor
from customers.importing.matching import Planned
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    CustomerIdentifier,
    CustomerTag,
    Tag,
    TagSource,
    User,
)
from customers.table_columns import EMAIL


def write(planned: Sequence[Planned], actor: Actor, import_id: str) -> None:
    """All of it, inside the chunk's transaction. Raises `IntegrityError` when somebody was faster."""
    done = [item for item in planned if not item.is_unchanged]
    if not done:
        return
    _write_customers(done)
    tags = _tags({name for item in done for name in item.tags})
    CustomerTag.objects.bulk_create(
        CustomerTag(customer=item.customer, tag=tags[name], source=TagSource.IMPORT)
        for item in done
        for name in item.tags
    )
    CustomerIdentifier.objects.bulk_create(
        [
            CustomerIdentifier(customer=item.customer, channel=EMAIL, address=item.email)
            for item in done
            if item.email
        ],
        update_conflicts=True,
        unique_fields=["customer", "channel"],
        update_fields=["address"],
    )
    owners = _owners(done)
    CustomerEvent.objects.bulk_create(_history(done, actor, owners, import_id))
    _announce(done, actor, owners, tags)
    changed_later(*[item.customer.pk for item in done])


def _write_customers(done: Sequence[Planned]) -> None:
    Customer.objects.bulk_create([item.customer for item in done if item.is_new])
    altered = []
    fields = {"updated_at"}
    for item in done:
        for name, (_, value) in item.changes.items():
            setattr(item.customer, name, value)
        fields |= set(item.changes)
        if item.is_assigned:
            item.customer.follow_user = item.row.owner
            fields.add("follow_user")
        if item.changes or item.is_assigned:
            altered.append(item.customer)
    # Their rows are held; one INSERT that meets them is a twentieth of `bulk_update`'s CASEs.
    Customer.objects.bulk_create(
        altered, update_conflicts=True, unique_fields=["id"], update_fields=sorted(fields)
    )


def _tags(names: set[str]) -> dict[str, Tag]:
    """Tags by name, made without a group where there is none of that name."""
    found = _known_tags(names)
    if missing := sorted(names - set(found)):
        Tag.objects.bulk_create([Tag(name=name) for name in missing], ignore_conflicts=True)
        found |= _known_tags(set(missing))
    return found


def _known_tags(names: set[str]) -> dict[str, Tag]:
    """Of several with one name the oldest, those without a group first."""
    rows = Tag.objects.filter(name__in=names)
    ordered = sorted(rows, key=lambda tag: (tag.group_id is not None, tag.pk))
    return {tag.name: tag for tag in reversed(ordered)}


def _owners(done: Sequence[Planned]) -> dict[int, User]:
    """Before and after, of those that change hands."""
    ids = {item.owner_before for item in done if item.is_assigned and item.owner_before}
    known = {user.pk: user for user in User.objects.filter(pk__in=ids)} if ids else {}
    for item in done:
        if item.row.owner is not None:
            known[item.row.owner.pk] = item.row.owner
    return known


def _history(
    done: Sequence[Planned], actor: Actor, owners: dict[int, User], import_id: str
) -> list[CustomerEvent]:
    lines: list[CustomerEvent] = []

    def tell(item: Planned, kind: CustomerEventKind, content: str, changes: Any) -> None:
        lines.append(
            CustomerEvent(
                customer=item.customer,
                kind=kind,
                content=content[:500],
                changes=changes,
                actor=actor.user,
                actor_name=actor.name,
                entry=actor.entry,
            )
        )

    for item in done:
        if item.is_new:
            tell(item, CustomerEventKind.CREATED, f"导入 {import_id}", {})
        if changes := _told(item):
            tell(item, CustomerEventKind.UPDATED, f"导入 {import_id}", changes)
        if item.is_assigned:
            before, after = _hands(item, owners)
            names = [user.display_name if user else "" for user in (before, after)]
            tell(item, CustomerEventKind.ASSIGNED, "", {"follow_user": names})
        if item.tags:
            tell(item, CustomerEventKind.TAGGED, "、".join(item.tags), {})
    return lines


def _told(item: Planned) -> dict[str, list[Any]]:
    changes = {
        name: [_storable(value) for value in pair] for name, pair in sorted(item.changes.items())
    }
    if item.email and not item.is_new:
        changes["email"] = ["", item.email]
    return changes


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _hands(item: Planned, owners: dict[int, User]) -> tuple[User | None, User | None]:
    before = owners.get(item.owner_before) if item.owner_before else None
    return before, item.row.owner


def _announce(
    done: Sequence[Planned], actor: Actor, owners: dict[int, User], tags: dict[str, Tag]
) -> None:
    # The keys of all at once: locks taken in several goes could wait for each other.
    keys = [order_key(item.customer.pk) for item in done]

    def publish(
        event_type: str, items: list[Planned], data: Callable[[Planned], dict[str, Any]]
    ) -> None:
        said = [{**about(item.customer, actor), **data(item)} for item in items]
        publish_many(event_type, said, keys=keys)

    publish("customer.created", [item for item in done if item.is_new], _as_new)
    publish(
        "customer.updated",
        [item for item in done if _told(item)],
        lambda item: {"fields": sorted(_told(item))},
    )
    publish(
        "customer.assigned",
        [item for item in done if item.is_assigned],
        lambda item: _as_assigned(*_hands(item, owners)),
    )
    publish(
        "customer.tag.added",
        [item for item in done if item.tags],
        lambda item: {"tag_ids": [tags[name].pk for name in item.tags], "tags": item.tags},
    )


def _as_new(item: Planned) -> dict[str, Any]:
    customer = item.customer
    return {
        "name": customer.name,
        "corp_id": customer.corp_id,
        "channel": customer.channel,
        "follow_user_id": customer.follow_user_id,
    }


def _as_assigned(before: User | None, after: User | None) -> dict[str, Any]:
    return {
        "from_user_id": before.pk if before else None,
        "to_user_id": after.pk if after else None,
        "from_wecom_user_id": (before.wecom_user_id or "") if before else "",
        "to_wecom_user_id": (after.wecom_user_id or "") if after else "",
        "note": "",
    }
