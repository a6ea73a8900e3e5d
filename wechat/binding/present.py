"""What is known of whoever opened the page."""

from tickets.chat.entries import registry
from tickets.chat.entries.people import customer_known
from wechat.binding.links import Place


def phone_at(place: Place) -> str:
    """The number that is bound there already; empty without one."""
    customer = customer_known(registry.get(place.entry), place.address)
    return customer.phone if customer is not None else ""
