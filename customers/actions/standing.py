"""Deleted, brought back, lost, recovered."""

from django.db import transaction
from django.utils import timezone

from config.errors import NotAllowedError, NotFoundError
from customers.actions.assign import require_owner
from customers.actions.doubles import refusing_doubles
from customers.actions.history import announce, lock_customer, record, require_team
from customers.actors import Actor
from customers.models import Customer, CustomerEventKind, CustomerStatus
from customers.visibility import deleted_customers_visible_to


@transaction.atomic
def customer_delete(*, customer_id: int, actor: Actor) -> Customer:
    """Marks the customer deleted; tickets and messages keep theirs.

    For administrators and the follow-up owner. Raises `NotFoundError`, `NotAllowedError`.
    """
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    require_owner(customer, actor)
    before = customer.status
    customer.status = CustomerStatus.DELETED
    customer.save(update_fields=["status", "updated_at"])
    record(
        customer,
        actor,
        CustomerEventKind.DELETED,
        changes={"status": (before, int(CustomerStatus.DELETED))},
    )
    announce("customer.deleted", customer, actor)
    return customer


@transaction.atomic
def customer_restore(*, customer_id: int, actor: Actor) -> Customer:
    """A deleted customer as they were before, lost ones as lost; for administrators.

    Raises `NotFoundError`, and `InvalidInputError` (`unique`) when a new one took their place.
    """
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以恢复客户")
    # Whoever was merged is another customer now: there is nobody to bring back.
    deleted = deleted_customers_visible_to(actor).filter(erased_at=None, merged_into=None)
    customer = deleted.filter(pk=customer_id).select_for_update(of=("self",), no_key=True).first()
    if customer is None:
        raise NotFoundError(f"没有已删除的客户 {customer_id}")
    customer.status = CustomerStatus.LOST if customer.lost_at else CustomerStatus.NORMAL
    refusing_doubles(customer, lambda: customer.save(update_fields=["status", "updated_at"]))
    record(
        customer,
        actor,
        CustomerEventKind.RESTORED,
        changes={"status": (int(CustomerStatus.DELETED), int(customer.status))},
    )
    announce("customer.restored", customer, actor)
    return customer


@transaction.atomic
def customer_mark_lost(*, customer_id: int, actor: Actor, reason: str) -> Customer:
    """Lost, with the reason in the history; who is lost already stays as they are."""
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    if customer.status == CustomerStatus.LOST:
        return customer
    _turn(customer, CustomerStatus.LOST, actor, CustomerEventKind.LOST, reason)
    announce("customer.lost", customer, actor, reason=reason)
    return customer


@transaction.atomic
def customer_mark_recovered(*, customer_id: int, actor: Actor) -> Customer:
    """Normal again; who was not lost stays as they are."""
    require_team(actor)
    customer = lock_customer(customer_id, actor)
    if customer.status != CustomerStatus.LOST:
        return customer
    _turn(customer, CustomerStatus.NORMAL, actor, CustomerEventKind.RECOVERED, "")
    announce("customer.recovered", customer, actor)
    return customer


def _turn(
    customer: Customer,
    status: CustomerStatus,
    actor: Actor,
    kind: CustomerEventKind,
    content: str,
) -> None:
    before = customer.status
    customer.status = status
    customer.lost_at = timezone.now() if status == CustomerStatus.LOST else None
    customer.save(update_fields=["status", "lost_at", "updated_at"])
    record(customer, actor, kind, content=content, changes={"status": (before, int(status))})
