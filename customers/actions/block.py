"""The block list: customers with whom nobody should deal any more."""

from django.db import transaction
from django.utils import timezone

from customers.actions.history import announce, lock_customer, record, require_team
from customers.actors import Actor
from customers.models import Customer, CustomerEventKind


@transaction.atomic
def customer_block(*, customer_id: int, reason: str, actor: Actor) -> Customer:
    """The blocked customer; who is blocked already keeps time and reason."""
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    if customer.is_blocked:
        return customer
    customer.blocked_at, customer.block_reason = timezone.now(), reason.strip()[:200]
    customer.save(update_fields=["blocked_at", "block_reason", "updated_at"])
    record(customer, actor, CustomerEventKind.BLOCKED, content=customer.block_reason)
    announce("customer.blocked", customer, actor, reason=customer.block_reason)
    return customer


@transaction.atomic
def customer_unblock(*, customer_id: int, actor: Actor) -> Customer:
    """The customer off the block list; who was not on it stays as they are."""
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    if not customer.is_blocked:
        return customer
    customer.blocked_at, customer.block_reason = None, ""
    customer.save(update_fields=["blocked_at", "block_reason", "updated_at"])
    record(customer, actor, CustomerEventKind.UNBLOCKED)
    announce("customer.unblocked", customer, actor)
    return customer
