"""Finding, or making, the customer of a phone that whoever speaks has proved to hold."""

from django.db import transaction

from config.api.roles import Role
from config.database.locks import transaction_locks
from config.errors import InvalidInputError, NotAllowedError
from customers.actions.customers import NAME_LENGTH
from customers.actions.history import announce, record
from customers.actors import Actor, Entry
from customers.models import Customer, CustomerChannel, CustomerEventKind, CustomerStatus

REFUSAL = "暂时无法在线受理，请联系客服"


@transaction.atomic
def customer_of_proved_phone(
    *, phone: str, name: str, company: str = "", channel: CustomerChannel, entry: Entry
) -> Customer:
    """The customer of `phone` (E.164, proved): the one of that name, else the only one, else a new one.

    A name alone proves nothing, so a customer without a number is never given this one. Raises
    `InvalidInputError` naming `name`, and `NotAllowedError` for who is blocked or was deleted.
    """
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInputError(f"姓名必须是 1 到 {NAME_LENGTH} 个字", attr="name")
    # The second is held by whoever makes a customer of that name.
    transaction_locks([f"customer.phone:{phone}", f"customer:{name}"])
    # Asked so that the partial unique index of phone and name serves it.
    known = Customer.objects.filter(phone=phone).exclude(phone="")
    live = list(known.exclude(status=CustomerStatus.DELETED).order_by("pk"))
    same = [customer for customer in live if customer.name == name] or live
    if any(customer.is_blocked for customer in (same if len(same) == 1 else live)):
        raise NotAllowedError(REFUSAL, code="blocked")
    if len(same) == 1:
        return same[0]
    if not live and known.filter(status=CustomerStatus.DELETED).exists():
        raise NotAllowedError(REFUSAL, code="deleted")
    return _make(phone, name, company.strip(), channel, entry)


def _make(phone: str, name: str, company: str, channel: CustomerChannel, entry: Entry) -> Customer:
    actor = Actor(None, name, Role.CUSTOMER, entry)
    customer = Customer.objects.create(name=name, phone=phone, company=company, channel=channel)
    record(customer, actor, CustomerEventKind.CREATED)
    announce("customer.created", customer, actor, channel=customer.channel)
    return customer
