"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from tickets.assistant.learning import personal_data


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.assistant.learning`."""
    personal_data.register()
