"""A customer has proved to hold a phone: whom they are from now on (docs/binding.md)."""

from django.db import transaction

from config.database.locks import transaction_locks
from config.errors import ConflictError, NotAllowedError
from customers.actions.history import announce, record
from customers.actions.proved import REFUSAL
from customers.actors import Actor
from customers.merging import parts
from customers.merging.cases import case_open
from customers.merging.merge import hold_customers, merge_proved
from customers.merging.obstacles import doubts
from customers.merging.present import present_customer
from customers.models import Customer, CustomerEventKind, CustomerStatus, MergeReason

# A number that a whole company shares asks no more questions than these.
MOST_CASES = 5


@transaction.atomic
def phone_bound(
    *, customer: Customer, phone: str, actor: Actor, entry: str = "", address: str = ""
) -> Customer:
    """The customer holds `phone` (E.164, proved): returns who they are from now on.

    Nobody's number becomes their own. The one customer who has it already (of several, the one of
    their name) is them: the two records become one. What is not certain a person decides, and the
    number is noted with their own record meanwhile. `entry` and `address` are where they proved it
    (a chat entry's code); `customer.bound` tells them. Again: the same answer.

    Raises `NotAllowedError` (`blocked`), and `ConflictError` (`phone_bound`) for who has another.
    """
    transaction_locks([f"customer.phone:{phone}"])
    was = customer.pk
    customer = present_customer(customer)
    # Asked so that the partial unique index of phone and name serves it.
    known = Customer.objects.filter(phone=phone).exclude(phone="")
    owners = list(known.exclude(status=CustomerStatus.DELETED).order_by("pk")[: MOST_CASES + 1])
    parts.take_locks([customer.pk, *(owner.pk for owner in owners)])
    held = hold_customers([customer.pk, *(owner.pk for owner in owners)])
    customer = held[customer.pk]
    owners = [held[owner.pk] for owner in owners]
    if customer.is_blocked or any(owner.is_blocked for owner in owners):
        raise NotAllowedError(REFUSAL, code="blocked")
    if customer.phone not in ("", phone):
        raise ConflictError("您已绑定其他手机号，更换请联系客服", code="phone_bound", attr="phone")
    if not customer.phone:
        customer = _become(customer, phone, owners, actor)
    announce(
        "customer.bound",
        customer,
        actor,
        was_customer_id=was,
        entry=entry or str(actor.entry),
        address=address,
    )
    return customer


def _become(customer: Customer, phone: str, owners: list[Customer], actor: Actor) -> Customer:
    same = [owner for owner in owners if owner.name == customer.name] or owners
    if len(same) == 1:
        against = doubts(same[0], customer)
        if not against:
            return _merged(same[0], customer, actor)
    for owner in same[:MOST_CASES]:
        case_open(
            owner,
            customer,
            reason=MergeReason.PHONE,
            evidence=["客户用短信验证码证明了持有同一手机号", *doubts(owner, customer)],
        )
    if all(owner.name != customer.name for owner in owners):
        _take_number(customer, phone, actor)
    return customer


def _merged(owner: Customer, customer: Customer, actor: Actor) -> Customer:
    kept = merge_proved(keep=owner, gone=customer, actor=actor)
    record(kept, actor, CustomerEventKind.BOUND, content=f"{actor.entry.label}验证了手机号")
    return kept


def _take_number(customer: Customer, phone: str, actor: Actor) -> None:
    customer.phone = phone
    customer.save(update_fields=["phone", "updated_at"])
    record(
        customer,
        actor,
        CustomerEventKind.BOUND,
        content=f"{actor.entry.label}验证了手机号",
        changes={"phone": ("", phone)},
    )
    announce("customer.updated", customer, actor, fields=["phone"])
