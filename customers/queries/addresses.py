"""Under which address a channel reaches a customer."""

from customers.models import Customer

# The channel whose address is the customer's own phone number, unless another is named.
BY_PHONE = "SMS"


def address_of(customer: Customer, channel: str) -> str:
    """The address in the channel's own form; empty when there is none."""
    known = customer.identifiers.filter(channel=channel).values_list("address", flat=True).first()
    if known:
        return known
    return customer.phone if channel == BY_PHONE else ""
