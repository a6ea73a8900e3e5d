"""A person's data: all of it shown, or all of it taken away (PIPL)."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from config.api.roles import Role
from config.errors import InvalidInputError, NotAllowedError, NotFoundError
from config.logs import get_logger
from customers import personal_data
from customers.actions.history import announce, record
from customers.actors import Actor
from customers.models import Customer, CustomerEventKind
from customers.personal_data.subject import subject_of
from customers.visibility import customers_visible_to, deleted_customers_visible_to

logger = get_logger(__name__)
REASON_LENGTH = 200


def personal_data_of(*, customer_id: int, actor: Actor) -> dict[str, Any]:
    """Everything that we hold of a person, room by room, as far as the actor may see it.

    For administrators and the customer themselves. Raises `NotAllowedError`, `NotFoundError`.
    """
    if actor.role == Role.STAFF:
        raise NotAllowedError("只有管理员和客户本人可以导出个人信息")
    customer = _visible(customer_id, actor)
    logger.info(
        "personal_data_exported",
        customer_id=customer.pk,
        user_id=actor.user.pk if actor.user else None,
    )
    shown: dict[str, Any] = {"generated_at": timezone.localtime()}
    for part in personal_data.parts():
        shown |= part.collect(customer, actor)
    return shown


@transaction.atomic
def customer_erase(*, customer_id: int, reason: str, actor: Actor) -> Customer:
    """Takes away what tells who the customer is, for good; counts stay. Again: nothing happens.

    For administrators. Raises `NotAllowedError`, `NotFoundError`, `InvalidInputError` naming
    `reason`, and `ConflictError` while a message of theirs is just being sent.
    """
    if not actor.sees_all:
        raise NotAllowedError("只有管理员可以删除个人信息")
    if not 1 <= len(reason.strip()) <= REASON_LENGTH:
        raise InvalidInputError(f"请填写原因，不超过 {REASON_LENGTH} 字", attr="reason")
    customer = _visible(customer_id, actor, hold=True)
    if customer.erased_at is not None:
        return customer
    subject = subject_of(customer)
    for part in personal_data.parts():
        part.erase(customer, subject)
    told = subject.without(reason.strip(), subject.words).replace(subject.name, subject.pseudonym)
    record(customer, actor, CustomerEventKind.ERASED, content=told)
    announce("customer.erased", customer, actor)
    logger.info("customer_erased", customer_id=customer.pk)
    return customer


def _visible(customer_id: int, actor: Actor, *, hold: bool = False) -> Customer:
    """Deleted customers too, for those who see them."""
    for rows in (customers_visible_to(actor), deleted_customers_visible_to(actor)):
        found = rows.filter(pk=customer_id)
        if hold and connection.vendor == "postgresql":
            found = found.select_for_update(of=("self",), no_key=True)
        if (customer := found.first()) is not None:
            return customer
    raise NotFoundError(f"没有客户 {customer_id}")
