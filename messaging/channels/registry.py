"""Which channels there are. Apps above register theirs from `ready()`; messaging imports none."""

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
