"""Which tags a customer carries."""

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import Combinable

from config.errors import InvalidInputError
from config.events.publish import publish_many
from customers.actions.history import (
    about,
    announce,
    changed_later,
    lock_customer,
    order_key,
    record,
    require_team,
)
from customers.actors import Actor
from customers.models import (
    Customer,
    CustomerEvent,
    CustomerEventKind,
    CustomerTag,
    Tag,
    TagRule,
    TagSource,
)
from customers.visibility import customers_visible_to

# Customers whose rows one transaction of a bulk act holds.
CHUNK = 1000


@transaction.atomic
def tags_add(
    *,
    customer_id: int,
    tag_ids: Collection[int],
    actor: Actor,
    source: TagSource = TagSource.MANUAL,
) -> list[Tag]:
    """Adds those tags; returns the new ones. Adding twice changes nothing.

    What a person adds stays, even if a rule had set it before. Raises `NotFoundError`, and
    `InvalidInputError` naming `tag_ids` for a tag that there is not.
    """
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    tags = tags_of_ids(tag_ids)
    if source == TagSource.MANUAL:
        CustomerTag.objects.filter(customer=customer, tag__in=tags, source=TagSource.RULE).update(
            source=TagSource.MANUAL, rule=None
        )
    carried = set(
        CustomerTag.objects.filter(customer=customer, tag__in=tags).values_list("tag_id", flat=True)
    )
    new = [tag for tag in tags if tag.pk not in carried]
    if new:
        CustomerTag.objects.bulk_create(
            CustomerTag(customer=customer, tag=tag, source=source) for tag in new
        )
        _tell(customer, actor, CustomerEventKind.TAGGED, "customer.tag.added", new)
    return new


@transaction.atomic
def tags_remove(*, customer_id: int, tag_ids: Collection[int], actor: Actor) -> list[Tag]:
    """Removes those tags; returns the ones that were carried."""
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    links = CustomerTag.objects.filter(customer=customer, tag__in=list(tag_ids))
    gone = [link.tag for link in links.select_related("tag").order_by("tag_id")]
    if gone:
        links.delete()
        _tell(customer, actor, CustomerEventKind.UNTAGGED, "customer.tag.removed", gone)
    return gone


def tag_spread(
    *,
    tag: Tag,
    customer_ids: Collection[int],
    actor: Actor,
    source: TagSource,
    rule: TagRule | None = None,
) -> list[int]:
    """Gives `tag` to all of those in the actor's view; returns the ids that had not had it.

    Works a thousand at a time, each in a transaction of its own.
    """
    require_team(actor)
    done: list[int] = []
    for chunk in _chunks(customer_ids):
        with transaction.atomic():
            carried = CustomerTag.objects.filter(customer=OuterRef("pk"), tag=tag)
            customers = _held(chunk, actor, ~Exists(carried))
            CustomerTag.objects.bulk_create(
                CustomerTag(customer=customer, tag=tag, source=source, rule=rule)
                for customer in customers
            )
            _tell_many(customers, actor, CustomerEventKind.TAGGED, "customer.tag.added", tag)
        done += [customer.pk for customer in customers]
    return done


def tag_withdraw(
    *,
    tag: Tag,
    customer_ids: Collection[int],
    actor: Actor,
    rule: TagRule | None = None,
) -> list[int]:
    """Takes `tag` from all of those in the actor's view; returns the ids that had had it.

    With a `rule` only what that rule has set. Works as `tag_spread` does.
    """
    require_team(actor)
    done: list[int] = []
    for chunk in _chunks(customer_ids):
        with transaction.atomic():
            links = CustomerTag.objects.filter(tag=tag)
            if rule is not None:
                links = links.filter(source=TagSource.RULE, rule=rule)
            customers = _held(chunk, actor, Exists(links.filter(customer=OuterRef("pk"))))
            links.filter(customer__in=customers).delete()
            _tell_many(customers, actor, CustomerEventKind.UNTAGGED, "customer.tag.removed", tag)
        done += [customer.pk for customer in customers]
    return done


def _chunks(customer_ids: Collection[int]) -> list[list[int]]:
    """Each customer once, in the order in which everybody takes their rows."""
    ordered = sorted(set(customer_ids))
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


def _held(ids: list[int], actor: Actor, condition: Combinable) -> list[Customer]:
    """Those of `ids` in view that fit, held until the transaction ends."""
    visible = customers_visible_to(actor).filter(pk__in=ids)
    held: QuerySet[Customer] = visible.order_by("pk")
    if connection.vendor == "postgresql":
        held = held.select_for_update(of=("self",), no_key=True)
    ids = [customer.pk for customer in held.only("pk")]
    # Asked once the rows are held: a condition in the same statement sees what was so before.
    return list(
        Customer.objects.filter(condition, pk__in=ids).order_by("pk").only("external_userid")
    )


def _tell_many(
    customers: list[Customer],
    actor: Actor,
    kind: CustomerEventKind,
    event_type: str,
    tag: Tag,
) -> None:
    CustomerEvent.objects.bulk_create(
        CustomerEvent(
            customer=customer,
            kind=kind,
            content=tag.name,
            changes={name: list(pair) for name, pair in _changed(kind, [tag.pk]).items()},
            actor=actor.user,
            actor_name=actor.name,
            entry=actor.entry,
        )
        for customer in customers
    )
    if customers:
        publish_many(
            event_type,
            [
                {**about(customer, actor), "tag_ids": [tag.pk], "tags": [tag.name]}
                for customer in customers
            ],
            keys=[order_key(customer.pk) for customer in customers],
        )
        changed_later(*[customer.pk for customer in customers])


def tags_of_ids(tag_ids: Collection[int]) -> list[Tag]:
    """Those tags in the order of their ids; raises `InvalidInputError` naming `tag_ids`."""
    wanted = sorted(set(tag_ids))
    tags = list(Tag.objects.filter(pk__in=wanted).order_by("id"))
    unknown = set(wanted) - {tag.pk for tag in tags}
    if unknown:
        numbers = "、".join(str(number) for number in sorted(unknown)[:5])
        raise InvalidInputError(f"没有标签 {numbers}", code="not_found", attr="tag_ids")
    return tags


def _tell(
    customer: Customer, actor: Actor, kind: CustomerEventKind, event_type: str, tags: list[Tag]
) -> None:
    names, ids = [tag.name for tag in tags], [tag.pk for tag in tags]
    record(customer, actor, kind, content="、".join(names), changes=_changed(kind, ids))
    announce(event_type, customer, actor, tag_ids=ids, tags=names)


def _changed(kind: CustomerEventKind, ids: list[int]) -> dict[str, tuple[list[int], list[int]]]:
    return {"tags": ([], ids) if kind == CustomerEventKind.TAGGED else (ids, [])}
