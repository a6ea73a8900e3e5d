"""Waking those who follow the feed, in whichever process they are."""

from config.sockets.layer import Bell

WOKEN = "chat.woken"
_bell = Bell(WOKEN)


def wake() -> None:
    """Something was written: look now rather than at the next turn. Costs the caller nothing."""
    _bell.ring()
