"""Who writes from an address: a customer we know, or one we meet now."""

from django.db.models.functions import Coalesce

from config.database.locks import transaction_lock
from customers.actions.create import customer_create
from customers.actors import system_actor
from customers.models import Customer, CustomerIdentifier, CustomerStatus
from customers.names import seen
from tickets.chat.entries.base import ChatEntry

NAME_LENGTH = 100


def address_hold(entry: str, address: str, account: str = "") -> None:
    """Until the transaction ends nobody else makes a customer of that address."""
    transaction_lock(f"chat.address:{entry}:{account}:{address}")


def customer_known(entry: ChatEntry, address: str, account: str = "") -> Customer | None:
    """By the address book, else by what the entry itself knows; of several, the first we met."""
    known = CustomerIdentifier.objects.filter(channel=entry.channel, address=address)
    # An address that went with a merged record finds whom it was merged into.
    ids = known.values_list(Coalesce("customer__merged_into", "customer"))
    found = (
        Customer.objects.filter(pk__in=ids)
        .exclude(status=CustomerStatus.DELETED)
        .order_by("pk")
        .first()
    )
    return found or entry.customer_at(address, account)


def customer_met(entry: ChatEntry, address: str, name: str = "") -> Customer:
    """A new customer with that address; the caller holds the address's lock."""
    actor = system_actor(entry.door)
    called = seen(name)[:NAME_LENGTH] or entry.name_for(address)
    customer = customer_create(
        fields={"name": called, "channel": entry.customer_channel}, actor=actor
    )
    CustomerIdentifier.objects.create(customer=customer, channel=entry.channel, address=address)
    return customer
