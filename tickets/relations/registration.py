"""What this area announces at start (called from `TicketsConfig.ready()`)."""


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.relations`."""
