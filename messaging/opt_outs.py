"""Who does not want messages over a channel any more: asked when a message is accepted, and again later."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.utils import timezone

from messaging.models import OptOut
from messaging.sending.claim import Claimed

# More addresses than this are not worth naming before we know that anybody has opted out.
FEW = 500
# What has waited longer than this since it was accepted is asked about again.
FRESH = timedelta(seconds=60)


def opted_out(channel: str, addresses: Collection[str]) -> set[str]:
    """Which of these want no messages over the channel any more."""
    found = OptOut.objects.filter(channel=channel)
    if len(addresses) > FEW and not found.exists():
        return set()
    return set(found.filter(address__in=addresses).values_list("address", flat=True))


def unwanted_by_now(rows: Sequence[Claimed]) -> set[int]:
    """The keys of messages whose recipients opted out while they waited; asks nothing for fresh ones."""
    limit = timezone.now() - FRESH
    waited: dict[str, list[Claimed]] = defaultdict(list)
    for row in rows:
        if row.created_at < limit:
            waited[row.channel].append(row)
    return {
        row.pk
        for channel, of_channel in waited.items()
        for gone in [opted_out(channel, {row.recipient for row in of_channel})]
        for row in of_channel
        if row.recipient in gone
    }
