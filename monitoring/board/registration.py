"""What the board tells the kernel of itself."""

from config.dashboard import cards
from config.dashboard.cards import Link


def register() -> None:
    cards.register_link(Link("监控大屏", "monitoring", "monitor"))
