"""A new customer."""

from django.db import transaction

from config.api.roles import Role
from config.database.locks import transaction_lock
from config.errors import InvalidInputError
from customers.actions.doubles import refusing_doubles
from customers.actions.fields import CustomerFields, checked
from customers.actions.history import announce, record, require_team
from customers.actors import Actor
from customers.models import Customer, CustomerEventKind


@transaction.atomic
def customer_create(*, fields: CustomerFields, actor: Actor) -> Customer:
    """The customer made; a member of staff who names no owner is it, and so may see them.

    Without a name, but with an external id, they are called after the id. Raises
    `InvalidInputError`; its code is `unique` for a customer whom we have already.
    """
    require_team(actor)
    values = checked(fields)
    if not values.get("name"):
        values["name"] = _name_after(values.get("external_userid"))
    if actor.role == Role.STAFF:
        values.setdefault("follow_user", actor.user)
    customer = Customer(**values)
    # Who looks a name up to make it if there is none holds this lock (customer_find_or_create).
    transaction_lock(f"customer:{customer.name}")
    refusing_doubles(customer, customer.save)
    record(customer, actor, CustomerEventKind.CREATED)
    announce(
        "customer.created",
        customer,
        actor,
        name=customer.name,
        corp_id=customer.corp_id,
        channel=customer.channel,
        follow_user_id=customer.follow_user_id,
    )
    return customer


def _name_after(external_userid: str | None) -> str:
    if not external_userid:
        raise InvalidInputError("请填写姓名", code="required", attr="name")
    return f"微信客户{external_userid[-6:]}"
