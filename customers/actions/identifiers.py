"""Where a customer is reached, channel by channel."""

from collections.abc import Mapping

from django.db import transaction

from config.errors import InvalidInputError
from customers import channel_addresses
from customers.actions.history import announce, lock_customer, record, require_team
from customers.actors import Actor
from customers.models import CustomerEventKind, CustomerIdentifier

ADDRESS_LENGTH = 1000


@transaction.atomic
def identifiers_set(
    *, customer_id: int, addresses: Mapping[str, str], actor: Actor
) -> dict[str, str]:
    """The customer's addresses are these and no others; an empty one removes the channel's.

    Raises `NotFoundError`, and `InvalidInputError` naming `identifiers.<channel>`. The history
    tells which channels changed, not the addresses: some are keys to a browser.
    """
    require_team(actor)
    wanted = {
        channel: _normal(channel, address) for channel, address in addresses.items() if address
    }
    customer = lock_customer(customer_id, actor)
    known = {item.channel: item for item in customer.identifiers.all()}
    changed = sorted(
        channel
        for channel in {*known, *wanted}
        if channel not in known or known[channel].address != wanted.get(channel)
    )
    if not changed:
        return wanted
    customer.identifiers.filter(channel__in=changed).delete()
    CustomerIdentifier.objects.bulk_create(
        CustomerIdentifier(customer=customer, channel=channel, address=wanted[channel])
        for channel in changed
        if channel in wanted
    )
    record(customer, actor, CustomerEventKind.UPDATED, content=f"渠道地址：{'、'.join(changed)}")
    announce("customer.updated", customer, actor, fields=["identifiers"], channels=changed)
    return wanted


def _normal(channel: str, address: str) -> str:
    attr = f"identifiers.{channel[:20]}"
    try:
        found = channel_addresses.normal(channel, address.strip())
    except InvalidInputError as error:
        raise InvalidInputError(error.detail, code=error.code, attr=attr) from None
    if len(found) > ADDRESS_LENGTH:
        raise InvalidInputError(f"不能超过 {ADDRESS_LENGTH} 个字", attr=attr)
    return found
