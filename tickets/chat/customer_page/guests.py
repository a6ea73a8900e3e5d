"""Who somebody at `/chat/` is: a guest, or the customer of the phone that they have proved.

A phone that is only typed opens nobody's record; a row is made when somebody starts, not before.
"""

import secrets

from django.db import transaction

from config.api.roles import Role
from config.errors import InvalidInputError
from customers.actions.customers import NAME_LENGTH
from customers.actions.history import announce, record
from customers.actions.proved import customer_of_proved_phone
from customers.actors import Actor, Entry, customer_actor
from customers.binding import phone_bound
from customers.models import Customer, CustomerChannel, CustomerEventKind
from customers.names import seen
from tickets.chat import limits

ENTRY = "web"


@transaction.atomic
def guest_start(*, name: str, address: str) -> Customer:
    """A new customer without a phone, "访客 4821" where no name is given.

    `address` is who asks (an IP address). Raises `TooOftenError`, `InvalidInputError` naming `name`.
    """
    name = _checked(name) or f"访客 {secrets.randbelow(9000) + 1000}"
    limits.check("new_visitor", f"address:{address}")
    customer = Customer.objects.create(name=name, channel=CustomerChannel.WEBSITE)
    actor = Actor(None, name, Role.CUSTOMER, Entry.WEB)
    record(customer, actor, CustomerEventKind.CREATED)
    announce("customer.created", customer, actor, channel=customer.channel)
    return customer


def known_start(*, name: str, phone: str) -> Customer:
    """The customer of `phone` (E.164, proved), made if there is none.

    Raises `InvalidInputError` naming `name`, `NotAllowedError` for who is blocked or deleted.
    """
    return customer_of_proved_phone(
        phone=phone,
        name=_checked(name) or f"尾号 {phone[-4:]}",
        channel=CustomerChannel.WEBSITE,
        entry=Entry.WEB,
    )


def phone_prove(*, guest: Customer, phone: str) -> Customer:
    """The guest holds `phone` (E.164, proved): returns who they are from now on.

    Raises `ConflictError`, `NotAllowedError` (`customers.binding`).
    """
    actor = customer_actor(guest, Entry.WEB)
    return phone_bound(customer=guest, phone=phone, actor=actor, entry=ENTRY)


def _checked(name: str) -> str:
    name = seen(name)
    if len(name) > NAME_LENGTH:
        raise InvalidInputError(f"姓名最多 {NAME_LENGTH} 个字", attr="name")
    return name
