"""Locking a customer, and what every change of one leaves behind: history, and an event."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from config.errors import NotAllowedError, NotFoundError
from config.events.publish import publish
from customers import caching
from customers.actors import Actor
from customers.models import Customer, CustomerEvent, CustomerEventKind
from customers.visibility import customers_visible_to

Changes = Mapping[str, tuple[Any, Any]]


def require_team(actor: Actor) -> None:
    if not actor.is_team:
        raise NotAllowedError("只有员工可以操作客户资料")


def lock_customer(customer_id: int, actor: Actor) -> Customer:
    """The customer, held until the transaction ends; raises `NotFoundError` outside one's view."""
    visible = customers_visible_to(actor).filter(pk=customer_id)
    if connection.vendor == "postgresql":
        visible = visible.select_for_update(of=("self",), no_key=True)
    customer = visible.first()
    if customer is None:
        raise NotFoundError(f"没有客户 {customer_id}")
    return customer


def record(
    customer: Customer,
    actor: Actor,
    kind: CustomerEventKind,
    *,
    content: str = "",
    changes: Changes | None = None,
) -> CustomerEvent:
    """Writes one line of the customer's history."""
    return CustomerEvent.objects.create(
        customer=customer,
        kind=kind,
        content=content[:500],
        changes={name: list(pair) for name, pair in (changes or {}).items()},
        actor=actor.user,
        actor_name=actor.name,
        entry=actor.entry,
    )


def announce(event_type: str, customer: Customer, actor: Actor, **data: Any) -> None:
    """Publishes `event_type` with the customer's ids, in order per customer; drops its cached copy.

    `entry` tells subscribers where the change came from: what WeCom told us is not told back.
    """
    publish(event_type, {**about(customer, actor), **data}, key=order_key(customer.pk))
    changed_later(customer.pk)


def about(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What every event of a customer says first."""
    return {
        "customer_id": customer.pk,
        "external_userid": customer.external_userid or "",
        "entry": str(actor.entry),
        "actor": actor.name,
    }


def order_key(customer_id: int) -> str:
    """Events with this key are announced in the order of their changes."""
    return f"customer:{customer_id}"


def changed_later(*customer_ids: int) -> None:
    """After commit the cached details of these customers are out of date."""
    transaction.on_commit(lambda: caching.forget_many(customer_ids))
