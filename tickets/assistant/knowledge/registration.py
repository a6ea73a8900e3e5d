"""What this area announces at start (called from `TicketsConfig.ready()`)."""

from tickets.assistant.knowledge import personal_data, settings


def register() -> None:
    """Runtime settings, subscriptions and registries of `tickets.assistant.knowledge`."""
    settings.register()
    personal_data.register()
