"""Somebody at one of our entries has proved a phone, on a page or in the talk (docs/binding.md)."""

from django.db import transaction

from customers.actors import customer_actor
from customers.binding import phone_bound
from customers.models import Customer
from tickets.chat.entries import registry
from tickets.chat.entries.people import address_hold, customer_known, customer_met


@transaction.atomic
def address_bind(*, entry: str, address: str, phone: str, account: str = "") -> Customer:
    """Whoever is at `address` holds `phone` (E.164, proved): returns who they are from now on.

    Raises `NotAllowedError`, `ConflictError` (`customers.binding`).
    """
    through = registry.get(entry)
    address_hold(entry, address, account)
    customer = customer_known(through, address, account) or customer_met(through, address)
    return phone_bound(
        customer=customer,
        phone=phone,
        actor=customer_actor(customer, through.door),
        entry=entry,
        address=address,
    )
