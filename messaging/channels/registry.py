"""Which channels there are. Apps above register theirs from `ready()`; messaging imports none."""

from config.errors import InvalidInputError
from messaging.channels.base import Channel

_channels: dict[str, Channel] = {}


class UnknownChannelError(LookupError):
    """No app has registered that channel."""


def register(channel: Channel) -> None:
    _channels[channel.code] = channel


def get(code: str) -> Channel:
    try:
        return _channels[code]
    except KeyError:
        raise UnknownChannelError(code) from None


def codes() -> list[str]:
    return sorted(_channels)


def normal_address(code: str, text: str) -> str:
    """A customer's address as that channel writes it; raises `InvalidInputError`."""
    try:
        return get(code).recipient(text).address
    except UnknownChannelError:
        raise InvalidInputError(f"没有渠道 {code[:20]}", code="unknown_channel") from None
