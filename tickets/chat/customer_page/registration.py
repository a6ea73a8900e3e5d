"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from tickets.chat import limits
from tickets.chat.customer_page import settings


def register() -> None:
    """Runtime settings of `tickets.chat.customer_page`."""
    limits.register()
    settings.register()
