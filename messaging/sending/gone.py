"""Addresses that a provider says have ended: nobody is sent to them again."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from config.errors import AppError
from config.logs import get_logger
from customers.actions.addresses import addresses_forget
from messaging.channels import registry
from messaging.models import Message
from messaging.sending.results import After

logger = get_logger(__name__)


def forget(rows: Sequence[After]) -> None:
    """Removes the customers' addresses that are gone."""
    gone: dict[str, list[After]] = defaultdict(list)
    for row in rows:
        if row.finished.result.is_address_gone:
            gone[row.finished.row.channel].append(row)
    for channel, ended in gone.items():
        customers = Message.objects.filter(
            pk__in=[row.finished.row.pk for row in ended], customer__isnull=False
        ).values_list("customer_id", flat=True)
        count = addresses_forget(
            channel=channel,
            addresses={row.finished.row.recipient for row in ended},
            customers=[pk for pk in customers if pk is not None],
            normal=partial(_normal, channel),
        )
        logger.info("addresses_forgotten", channel=channel, count=count)


def _normal(channel: str, text: str) -> str:
    try:
        return registry.get(channel).recipient(text).address
    except AppError:
        return text
