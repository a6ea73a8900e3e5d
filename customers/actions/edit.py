"""Changing what is known of a customer."""

from datetime import datetime
from typing import Any, cast

from django.db import transaction

from config.database.locks import transaction_lock
from config.errors import ConflictError, InvalidInputError
from customers.actions.assign import give_to
from customers.actions.doubles import refusing_doubles
from customers.actions.fields import CustomerFields, checked
from customers.actions.history import announce, lock_customer, record, require_team
from customers.actors import Actor
from customers.models import Customer, CustomerEventKind, User


@transaction.atomic
def customer_edit(
    *,
    customer_id: int,
    changes: CustomerFields,
    actor: Actor,
    updated_at: datetime | None = None,
) -> Customer:
    """The customer with `changes`; the same again changes nothing and tells nobody.

    `updated_at`, if given, must be the present one: else somebody was faster (`ConflictError`).
    A new owner is an assignment as well. Raises `NotFoundError`, `InvalidInputError`.
    """
    require_team(actor)
    values = checked(changes)
    if values.get("name") == "":
        raise InvalidInputError("姓名不能为空", code="blank", attr="name")
    if "name" in values:
        transaction_lock(f"customer:{values['name']}")
    customer = lock_customer(customer_id, actor)
    if updated_at is not None and updated_at != customer.updated_at:
        raise ConflictError(
            f"客户资料已在 {customer.updated_at.isoformat()} 被修改，请重新读取",
            code="version_conflict",
            attr="updated_at",
        )
    is_assigned, owner = "follow_user" in values, values.pop("follow_user", None)
    _change(customer, values, actor)
    if is_assigned:
        give_to(customer, cast("User | None", owner), actor)
    return customer


def _change(customer: Customer, values: dict[str, Any], actor: Actor) -> None:
    before = {name: getattr(customer, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return
    for name, value in changed.items():
        setattr(customer, name, value)
    refusing_doubles(customer, lambda: customer.save(update_fields=[*changed, "updated_at"]))
    told = {
        name: (_storable(before[name]), _storable(value)) for name, value in sorted(changed.items())
    }
    record(customer, actor, CustomerEventKind.UPDATED, changes=told)
    announce("customer.updated", customer, actor, fields=sorted(changed))


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
