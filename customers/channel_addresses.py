"""What a customer's address on a channel must look like; the channels are a higher floor's."""

from collections.abc import Callable

from config.errors import InvalidInputError

Check = Callable[[str, str], str]
_checks: list[Check] = []


def register(check: Check) -> None:
    """`check(channel, address)` returns the address in the channel's own form.

    It raises `InvalidInputError` for a channel that there is not, and for what is no address.
    Called from `ready()`.
    """
    if check not in _checks:
        _checks.append(check)


def normal(channel: str, address: str) -> str:
    """The address in the channel's own form; raises `InvalidInputError`."""
    if not _checks:
        raise InvalidInputError(f"没有渠道 {channel[:20]}", code="unknown_channel")
    for check in _checks:
        address = check(channel, address)
    return address
