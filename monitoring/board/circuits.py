"""Which channels' accounts rest, because their provider refused everything (messaging.sending.circuit)."""

from datetime import datetime
from typing import Literal, TypedDict

from django.utils import timezone

from config.whole_number import whole_number
from messaging.models import ChannelAccount, ChannelCircuit, ChannelType

State = Literal["closed", "open", "half_open"]


class OpenCircuit(TypedDict):
    """`account` is empty for the one of the environment."""

    account: str
    code: str
    state: State
    opened_at: datetime | None
    open_until: datetime | None


class ChannelState(TypedDict):
    """`state` is the worst of the channel's accounts."""

    channel: str
    state: State
    circuits: list[OpenCircuit]


def channel_states() -> list[ChannelState]:
    """Every channel, with two queries; one where no circuit is open."""
    rows = list(ChannelCircuit.objects.filter(is_open=True).order_by("key"))
    keys = [row.key.rpartition(":") for row in rows]
    ids = [pk for _, _, number in keys if (pk := whole_number(number)) is not None]
    names = dict(ChannelAccount.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    found: dict[str, list[OpenCircuit]] = {channel: [] for channel in ChannelType.values}
    for row, (channel, _, number) in zip(rows, keys, strict=True):
        if channel in found:
            account = names.get(whole_number(number) or 0, "")
            found[channel].append(_shown(row, account))
    return [
        ChannelState(channel=channel, state=_worst(circuits), circuits=circuits)
        for channel, circuits in found.items()
    ]


def _shown(row: ChannelCircuit, account: str) -> OpenCircuit:
    rests = row.open_until is None or row.open_until > timezone.now()
    return OpenCircuit(
        account=account,
        code=row.code,
        state="open" if rests else "half_open",
        opened_at=row.opened_at,
        open_until=row.open_until,
    )


def _worst(circuits: list[OpenCircuit]) -> State:
    states = {one["state"] for one in circuits}
    if "open" in states:
        return "open"
    return "half_open" if states else "closed"
